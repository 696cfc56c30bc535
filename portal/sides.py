"""What stands beside the queue and belongs to no single app's page: patients seen last, beds of the head hospital."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import consortium.selectors
import referral.selectors
from emr.capacity import selectors as capacity
from emr.index import selectors as index
from emr.index.selectors import Row
from kernel import clock
from kernel.actor import Actor

SHOWN: Final = 8


@dataclass(frozen=True, slots=True)
class WardLine:
    """A department of the head hospital: beds free now, of how many."""

    name: str
    free: int
    total: int


@dataclass(frozen=True, slots=True)
class Beds:
    """Free beds of the head hospital and when they were counted."""

    wards: tuple[WardLine, ...]
    at: datetime

    @property
    def free(self) -> int:
        return sum(ward.free for ward in self.wards)


def recent(*, by: Actor) -> tuple[Row, ...]:
    """The patients this person saw last."""
    return index.patient_page(by=by, view="mine").rows[:SHOWN]


def on_the_way(*, by: Actor) -> list[referral.selectors.Row]:
    """The running referrals of this person's side, urgent first."""
    return referral.selectors.board(by=by, tab="running", limit=SHOWN)


def beds(*, by: Actor) -> Beds:
    """Free beds by ward in the hospital's own order; the directory is open to every post."""
    at = clock.now()
    wards = capacity.board(consortium.selectors.head_hospital().pk) if by.organisation else []
    lines = [WardLine(ward.name, ward.free, ward.total) for ward in wards if ward.total]
    return Beds(tuple(lines), at)
