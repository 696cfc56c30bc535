"""What waits for somebody: the shape every app answers in and the portal puts together."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, TypeAlias
from uuid import UUID

from kernel.errors import Text

Priority: TypeAlias = Literal["emergency", "urgent", "routine"]

ORDER: Mapping[str, int] = {"emergency": 0, "urgent": 1, "routine": 2}
"""Urgent first, wherever work is sorted."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """One piece of work: what is to be done for whom, until when, and where. `url` is a path."""

    key: str
    what: Text
    url: str
    action: Text
    priority: Priority = "routine"
    patient_id: UUID | None = None
    sub: Text = ""
    since: datetime | None = None
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Count:
    """One tile: a number that opens exactly the list it counts."""

    key: str
    label: Text
    number: int
    url: str
    late: int = 0
    sub: Text = ""


@dataclass(frozen=True, slots=True)
class Work:
    """An app's answer to `selectors.work(by=actor)`: tiles and queue rows for this post."""

    counts: tuple[Count, ...] = ()
    waiting: tuple[Waiting, ...] = field(default=())
