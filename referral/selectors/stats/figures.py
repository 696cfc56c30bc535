"""The figures that homes and other pages show: the indicators of the statistics page, over the last days."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Count, Q
from django.db.models import Value as Literal

from consortium import selectors as consortium
from kernel import clock
from kernel.actor import Actor
from referral.choices import INDICATORS, TERMINAL, Period
from referral.policies import FIGURES
from referral.selectors.stats.conditions import COUNTED
from referral.selectors.stats.course import courses, steps_of
from referral.selectors.stats.cuts import told
from referral.selectors.stats.measuring import Value, cuts_of, values_of
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
    counted = cuts_of(Literal(1), days_asked, SHOWN, name="whole")
    steps = {} if whole else cuts_of(steps_of(days_asked), days_asked, ("up",), name="step")
    beside = {} if whole else cuts_of("branch", days_asked, BESIDE, name="branch")
    found = told(by, {**counted, **steps, **beside})
    all_legs = values_of(found, counted).get(1, {})
    values = {code: all_legs.get(code) or Value(INDICATORS[code]) for code in SHOWN}
    late = _late(by, days_asked, end)
    return Figures(
        days=days,
        until=end,
        up=values["up"].part,
        down=values["down"].part,
        accepted=values["accept"].part,
        rejected=values["rejected"].part,
        late=sum(late.values()),
        closed=values["closure"].part,
        accept_share=values["accept"].share,
        decided_in=values["answer"].middle,
        arrived_in=values["arrival"].middle,
        course=[] if whole else courses(values_of(found, steps), days_asked, ("up",))["up"],
        lines=[] if whole else _lines(values_of(found, beside), late),
    )


def _late(by: Actor, asked: Span, at: datetime) -> dict[UUID, int]:
    """Legs of the span that wait too long, by branch. What waits says the leg itself: a clock is no history."""
    since, until = asked.bounds
    inside = Q(sent_at__gte=since, sent_at__lt=until, referral__due_at__lt=at) & ~Q(status__in=TERMINAL)
    found = FIGURES.rows(by, "view").filter(COUNTED, inside).order_by()
    return dict(found.values("branch").annotate(number=Count("pk")).values_list("branch", "number"))


def _lines(found: dict[UUID, dict[str, Value]], late: dict[UUID, int]) -> list[Line]:
    """The same for each branch, the one that sent most first."""
    names = consortium.organisation_names(found)
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
        for branch, values in found.items()
    ]
    return sorted(lines, key=lambda line: (-line.up, -line.down, line.name))
