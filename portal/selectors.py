"""What waits for somebody, put together from every app that has work to offer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import consortium.selectors
from kernel.actor import Actor
from kernel.work import ORDER, Count, Waiting, Work

SOURCES: Final[Mapping[str, Callable[..., Work]]] = {
    "consortium": consortium.selectors.work,
}
"""Who is asked, in the order their tiles stand."""

NEVER: Final = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Desk:
    """A post's whole desk: tiles in order, rows by urgency and time left, and the parts per app."""

    counts: tuple[Count, ...]
    waiting: tuple[Waiting, ...]
    parts: Mapping[str, Work]


def desk(*, by: Actor) -> Desk:
    """Everything that waits for the acting post."""
    parts = {name: work(by=by) for name, work in SOURCES.items()}
    rows = [row for part in parts.values() for row in part.waiting]
    return Desk(
        counts=tuple(count for part in parts.values() for count in part.counts),
        waiting=tuple(sorted(rows, key=lambda row: (ORDER[row.priority], row.due_at or NEVER, row.key))),
        parts=parts,
    )
