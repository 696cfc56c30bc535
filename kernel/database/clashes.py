"""What the database refuses, told in a sentence: two who press at once cannot be asked beforehand."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.db import IntegrityError, transaction

from kernel.errors import DomainError


@contextmanager
def told_as(refusal: DomainError, *constraints: str) -> Iterator[None]:
    """Raise `refusal` when one of `constraints` refuses what is written inside; every other error stays what it is.

    What stands inside has a savepoint of its own: the transaction around it goes on.
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if _broken(error) not in constraints:
            raise
        raise refusal from error


def _broken(error: IntegrityError) -> str | None:
    """The name of the constraint or unique index that refused."""
    cause = error.__cause__
    return cause.diag.constraint_name if isinstance(cause, psycopg.Error) else None
