"""A service called inside another's transaction is a part of it: it stands or falls with the whole."""

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.db import connection, transaction

P = ParamSpec("P")
R = TypeVar("R")


def joined(verb: Callable[P, R]) -> Callable[P, R]:
    """`transaction.atomic` for verbs that workflows call many times in one step: no savepoint inside a transaction.

    Called alone it is a transaction. Called inside one, its failure fails the whole: a caller that caught the error
    and went on would be refused by Django at its next statement.
    """

    @wraps(verb)
    def inside(*given: P.args, **named: P.kwargs) -> R:
        with transaction.atomic(savepoint=not _inside()):
            return verb(*given, **named)

    return inside


def _inside() -> bool:
    """Whether a transaction of the house runs; the one a test case is wrapped in stands for none."""
    blocks: list[Any] = connection.atomic_blocks
    return bool(blocks) and not blocks[-1]._from_testcase
