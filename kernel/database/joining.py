"""A service called inside another's transaction is a part of it: it stands or falls with the whole."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

P = ParamSpec("P")
R = TypeVar("R")


def joined(verb: Callable[P, R]) -> Callable[P, R]:
    """`transaction.atomic` for verbs that workflows call many times in one step: no savepoint inside a transaction.

    Called alone it is a transaction. Called inside one, its failure fails the whole: a caller that caught the error
    and went on would be refused by Django at its next statement.
    """

    @wraps(verb)
    def called(*given: P.args, **named: P.kwargs) -> R:
        with transaction.atomic(savepoint=not inside()):
            return verb(*given, **named)

    return called


@contextmanager
def whole() -> Iterator[BaseDatabaseWrapper]:
    """`transaction.atomic(savepoint=False)` for what is written many times in a transaction: it costs a look at it.
    The connection it runs on."""
    known = connections[DEFAULT_DB_ALIAS]
    if not known.in_atomic_block:
        with transaction.atomic():
            yield known
        return
    try:
        yield known
    except BaseException:
        known.needs_rollback = True
        raise


def inside() -> bool:
    """Whether a verb's transaction is open; the one a test case stands in counts for none, as for `durable`."""
    blocks: list[Any] = connection.atomic_blocks
    return bool(blocks) and not blocks[-1]._from_testcase
