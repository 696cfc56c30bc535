"""A verb that sends all it writes together with its COMMIT: one trip to the database instead of one a statement.

Waiting for the database costs a small write more than the database's work. For verbs that are ordered all day, have
read what they need before they write, and need no answer to it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import wraps
from typing import Final, ParamSpec, TypeVar

from django.db import DataError, IntegrityError, InternalError, ProgrammingError, connection, transaction

from kernel import prepared
from kernel.held import Held

REFUSED: Final = (IntegrityError, DataError, ProgrammingError, InternalError)

P = ParamSpec("P")
R = TypeVar("R")


def at_once(verb: Callable[P, R]) -> Callable[P, R]:
    """`transaction.atomic` for such a verb: what it orders by `later` waits for the COMMIT.

    When the database refuses the trip nothing stands, and the verb is done again step by step, so that an error is
    raised where it belongs; so is one whose lane of the audit record another transaction has written to meanwhile. A
    trip that is not answered may have been carried out: it is never done again. Called inside a transaction the verb
    is a part of that and nothing waits.
    """

    @wraps(verb)
    def ordered(*given: P.args, **named: P.kwargs) -> R:
        if not connection.in_atomic_block:
            with suppress(*REFUSED), _waiting(), transaction.atomic():
                return verb(*given, **named)
        with transaction.atomic():
            return verb(*given, **named)

    return ordered


@contextmanager
def _waiting() -> Iterator[None]:
    with prepared.cursor() as cursor:
        held: Held | None = getattr(cursor, "held", None)
    if held is None:  # where preparing is forbidden, or statements are counted, nothing waits
        yield
        return
    held.waits = True
    try:
        yield
    finally:
        # A connection that was lost or closed in between had no rollback; its next user must not send what is left.
        held.waits = False
        held.waiting.clear()
