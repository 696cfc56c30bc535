"""The figures that homes and other pages show: the indicators of the statistics page, over the last days."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Count, Q

from consortium import selectors as consortium
from kernel import clock
from kernel.actor import Actor
from referral.choices import TERMINAL, Period
from referral.policies import FIGURES
from referral.selectors.stats.conditions import COUNTED
from referral.selectors.stats.course import course
from referral.selectors.stats.measuring import Value, measure, measure_by
from referral.selectors.stats.spans import Span, span

SHOWN: Final = ("up", "down", "accept", "rejected", "answer", "arrival", "closure")
BESIDE: Final = ("up", "down", "accept", "rejected")


@dataclass(frozen=True, slots=True)
class Line:
    """One institution: its legs up and down, those taken, rejected, and late now."""

    name: str
    up: int
    down: int
    accepted: int
    rejected: int
    late: int
    accept_share: float | None


@dataclass(frozen=True, slots=True)
class Figures:
    """The `days` days until `until` of the places the actor counts; no patient's name in it.

    `late`: legs that wait for somebody longer than they may, now. `course`: up legs day by day.
    """

    days: int
    until: datetime
    up: int
    down: int
    accepted: int
    rejected: int
    late: int
    closed: int
    accept_share: float | None
    decided_in: timedelta | None
    arrived_in: timedelta | None
    course: list[float | None]
    lines: list[Line]


def figures(*, by: Actor, days: int = 30, until: datetime | None = None, whole: bool = False) -> Figures:
    """The last `days` days of the county that end with the day of `until` (today). `whole`: without the course and the
    institutions, for who compares with it."""
    end = until or clock.now()
    days_asked = span(Period(f"d{days}"), clock.day_of(end))
    told = measure(by=by, span=days_asked, codes=SHOWN)
    late = _late(by, days_asked, end)
    return Figures(
        days=days,
        until=end,
        up=told["up"].part,
        down=told["down"].part,
        accepted=told["accept"].part,
        rejected=told["rejected"].part,
        late=sum(late.values()),
        closed=told["closure"].part,
        accept_share=told["accept"].share,
        decided_in=told["answer"].middle,
        arrived_in=told["arrival"].middle,
        course=[] if whole else course(by=by, span=days_asked, codes=("up",))["up"],
        lines=[] if whole else _lines(measure_by("branch", by=by, span=days_asked, codes=BESIDE), late),
    )


def _late(by: Actor, asked: Span, at: datetime) -> dict[UUID, int]:
    """Legs of the span that wait too long, by branch. What waits says the leg itself: a clock is no history."""
    since, until = asked.bounds
    inside = Q(sent_at__gte=since, sent_at__lt=until, referral__due_at__lt=at) & ~Q(status__in=TERMINAL)
    found = FIGURES.rows(by, "view").filter(COUNTED, inside).order_by()
    return dict(found.values("branch").annotate(number=Count("pk")).values_list("branch", "number"))


def _lines(told: dict[UUID, dict[str, Value]], late: dict[UUID, int]) -> list[Line]:
    """The same for each branch, the one that sent most first."""
    names = consortium.organisation_names(told)
    lines = [
        Line(
            name=names.get(branch, ""),
            up=values["up"].part,
            down=values["down"].part,
            accepted=values["accept"].part,
            rejected=values["rejected"].part,
            late=late.get(branch, 0),
            accept_share=values["accept"].share,
        )
        for branch, values in told.items()
    ]
    return sorted(lines, key=lambda line: (-line.up, -line.down, line.name))
