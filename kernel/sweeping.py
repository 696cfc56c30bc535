"""A clock's round over many rows, each in a transaction of its own: one that fails holds up no other."""

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID


class Sweep:
    """What a round did, and what failed on the way; `trouble` says what these errors are about."""

    def __init__(self, trouble: str) -> None:
        self.trouble = trouble
        self.done = 0
        self.failed: list[Exception] = []

    def each(self, pks: Iterable[UUID], run: Callable[[UUID], Any]) -> None:
        """Run for each; None means there was nothing to do any more."""
        for pk in pks:
            try:
                self.done += run(pk) is not None
            except Exception as error:  # the sweep goes on; every error is raised together at its end
                self.failed.append(error)

    def end(self) -> int:
        """How many were done. Raises what failed, all of it together."""
        if self.failed:
            raise ExceptionGroup(self.trouble, self.failed)
        return self.done
