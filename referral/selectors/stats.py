"""Figures of referral; every number opens the rows it counts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from django.db.models import Count, Q, QuerySet

from consortium import selectors as consortium
from kernel import clock
from kernel.actor import Actor
from referral.choices import TERMINAL, Direction, Status
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
PARTS = 10


@dataclass(frozen=True, slots=True)
class Line:
    """One institution: legs sent up, received from above, taken, refused."""

    name: str
    up: int
    down: int
    accepted: int
    rejected: int
    late: int

    @property
    def accept_share(self) -> float | None:
        """Per cent of decided up legs that were taken."""
        decided = self.accepted + self.rejected
        return 100 * self.accepted / decided if decided else None


@dataclass(frozen=True, slots=True)
class Figures:
    """The `days` days before `until` of the places the actor counts; no patient's name in it.

    `late`: legs that wait for somebody longer than they may, at `until`. `course`: up legs in even parts of the span.
    """

    days: int
    up: int
    down: int
    accepted: int
    rejected: int
    late: int
    closed: int
    decided_in: timedelta | None
    arrived_in: timedelta | None
    course: list[int]
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


def figures(*, by: Actor, days: int = 30, until: datetime | None = None) -> Figures:
    """Counts by sending institution over the `days` days before `until` (now)."""
    end = until or clock.now()
    since = end - timedelta(days=days)
    rows = STATISTICS.rows(by, "view").filter(submitted_at__gte=since, submitted_at__lt=end)
    counted = {**COUNTS, "late": Count("pk", filter=Q(due_at__lt=end) & ~Q(status__in=TERMINAL))}
    up = list(rows.filter(UP).values_list("submitted_at", "accepted_at", "arrived_at"))
    return Figures(
        days=days,
        **rows.aggregate(**counted, closed=Count("pk", filter=Q(status=Status.CLOSED))),
        decided_in=_middle((sent, taken) for sent, taken, _arrived in up),
        arrived_in=_middle((sent, arrived) for sent, _taken, arrived in up),
        course=_course([sent for sent, *_rest in up if sent], since, end),
        lines=_lines(rows, counted),
    )


def _middle(spans: Iterable[tuple[datetime | None, datetime | None]]) -> timedelta | None:
    """The median of the spans that have ended."""
    seconds = [(end - start).total_seconds() for start, end in spans if start and end]
    return timedelta(seconds=median(seconds)) if seconds else None


def _course(moments: list[datetime], since: datetime, end: datetime) -> list[int]:
    """How many fall into each of PARTS even parts of the span, oldest first."""
    parts = [0] * PARTS
    for moment in moments:
        parts[min(PARTS - 1, int((moment - since) / (end - since) * PARTS))] += 1
    return parts


def _lines(rows: QuerySet[Referral], counted: dict[str, Count]) -> list[Line]:
    """The same counts for each sending institution, the one that sent most first."""
    found = rows.order_by().values("source").annotate(**counted).values_list("source", *counted)
    names = consortium.organisation_names([source for source, *_counts in found])
    lines = [Line(names.get(source, ""), *counts) for source, *counts in found]
    return sorted(lines, key=lambda line: (-line.up, -line.down, line.name))
