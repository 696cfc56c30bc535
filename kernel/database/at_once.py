"""A verb that sends all it writes together with its COMMIT: one trip to the database instead of one a statement.

Waiting for the database costs a small write more than the database's work. For verbs that are ordered all day, have
read what they need before they write, and need no answer to it.
"""

from collections.abc import Callable
from functools import wraps
from typing import Final, ParamSpec, TypeVar

from django.db import (
    DEFAULT_DB_ALIAS,
    DataError,
    IntegrityError,
    InternalError,
    ProgrammingError,
    connections,
    transaction,
)

from kernel.database import prepared

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
        here = connections[DEFAULT_DB_ALIAS]
        held = None if here.in_atomic_block else prepared.held_by(here)
        if held is not None:
            held.waits = True
            try:
                with transaction.atomic():
                    return verb(*given, **named)
            except REFUSED:
                pass  # done again below, where the error is raised by the statement it belongs to
            finally:
                # A lost or closed connection had no rollback; its next user must not send what is left.
                held.waits = False
                held.waiting.clear()
        with transaction.atomic():
            return verb(*given, **named)

    return ordered
