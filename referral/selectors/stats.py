"""Figures of referral; every number opens the rows it counts."""

from dataclasses import dataclass
from datetime import timedelta
from statistics import median

from django.db.models import Count, Q, QuerySet

from consortium import selectors as consortium
from kernel import clock
from kernel.actor import Actor
from referral.choices import Direction, Status
from referral.models import Referral
from referral.policies import STATISTICS

UP, TAKEN = Q(direction=Direction.UP), Q(accepted_at__isnull=False)
COUNTS = {
    "up": Count("pk", filter=UP),
    "down": Count("pk", filter=Q(direction=Direction.DOWN)),
    "accepted": Count("pk", filter=UP & TAKEN),
    "rejected": Count("pk", filter=UP & Q(status=Status.REJECTED)),
}
"""What is counted of all legs, and of each institution's."""


@dataclass(frozen=True, slots=True)
class Line:
    """One institution: legs sent up, received from above, taken, refused."""

    name: str
    up: int
    down: int
    accepted: int
    rejected: int


@dataclass(frozen=True, slots=True)
class Figures:
    """The last `days` days of the places the actor counts; no patient's name in it."""

    days: int
    up: int
    down: int
    accepted: int
    rejected: int
    closed: int
    decided_in: timedelta | None
    lines: list[Line]

    @property
    def accept_share(self) -> float | None:
        """Per cent of decided up legs that were taken."""
        decided = self.accepted + self.rejected
        return 100 * self.accepted / decided if decided else None

    @property
    def bars(self) -> list[tuple[Line, float]]:
        """Each line with its up legs as per cent of the longest."""
        most = max((line.up for line in self.lines), default=0)
        return [(line, 100 * line.up / most if most else 0.0) for line in self.lines]


def figures(*, by: Actor, days: int = 30) -> Figures:
    """Counts by sending institution over the last `days` days."""
    since = clock.now() - timedelta(days=days)
    rows = STATISTICS.rows(by, "view").filter(submitted_at__gte=since)
    total = rows.aggregate(**COUNTS, closed=Count("pk", filter=Q(status=Status.CLOSED)))
    waits = rows.filter(UP & TAKEN).values_list("submitted_at", "accepted_at")
    spans = [(accepted - sent).total_seconds() for sent, accepted in waits if accepted and sent]
    return Figures(
        days=days,
        **total,
        decided_in=timedelta(seconds=median(spans)) if spans else None,
        lines=_lines(rows),
    )


def _lines(rows: QuerySet[Referral]) -> list[Line]:
    """The same counts for each sending institution, the one that sent most first."""
    found = rows.order_by().values("source").annotate(**COUNTS).values_list("source", *COUNTS)
    names = consortium.organisation_names([source for source, *_counts in found])
    lines = [Line(names.get(source, ""), *counts) for source, *counts in found]
    return sorted(lines, key=lambda line: (-line.up, -line.down, line.name))
