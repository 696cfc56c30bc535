"""How long a leg may wait in a state: what an institution has set, else the house's own time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.utils.translation import pgettext_lazy

from consortium import selectors as consortium
from kernel.actor import Actor
from kernel.database import prepared
from kernel.errors import OutOfReach, Text
from referral.choices import (
    BY_THE_CLOCK,
    DESK_WORK,
    FIXED,
    TIMERS,
    TURN,
    Priority,
    Side,
    Status,
    bounds,
    turn_of,
)
from referral.models import Referral, TimeLimit
from referral.policies import LIMIT
from referral.selectors.house.second import Rule, second_signature

SETTABLE = tuple(status for status in TIMERS if status not in FIXED)


NEWEST: Final = """
SELECT minutes FROM referral_timelimit WHERE organisation_id = %s AND status = %s AND priority = %s
ORDER BY version DESC LIMIT 1
"""


def in_working_time(status: Status, priority: Priority) -> bool:
    """Whether the limit is counted in working days of the side whose turn it is, not by the clock."""
    return status in DESK_WORK and priority not in BY_THE_CLOCK


def place_of(referral: Referral) -> UUID:
    """The institution whose turn it is, hence whose limit and working hours count."""
    return (
        referral.source_id
        if turn_of(referral.status, referral.follow_up) == Side.SENDER
        else referral.target_id
    )


def limit(organisation: UUID, status: Status, priority: Priority) -> timedelta:
    """The limit that counts there now; one statement."""
    with prepared.cursor() as cursor:
        cursor.execute(NEWEST, [organisation, status.value, priority.value])
        row = cursor.fetchone()
    minutes = row[0] if row else None
    return TIMERS[status][priority] if minutes is None else timedelta(minutes=minutes)


def ends(organisation: UUID, status: Status, priority: Priority, since: datetime) -> datetime:
    """When somebody who waits there from `since` has waited too long."""
    span = limit(organisation, status, priority)
    if not in_working_time(status, priority):
        return since + span
    here = consortium.calendar_of(organisation)
    return here.add(since, here.working(span))


@dataclass(frozen=True, slots=True)
class Limit:
    """One cell of the settings page."""

    status: Status
    priority: Priority
    span: timedelta
    own: timedelta
    least: timedelta
    most: timedelta
    version: int
    set_by: str = ""
    set_at: datetime | None = None

    @property
    def working(self) -> bool:
        return in_working_time(self.status, self.priority)

    @property
    def changed(self) -> bool:
        return self.span != self.own

    @property
    def _unit_minutes(self) -> int:
        if self.working:
            return 24 * 60
        return 60 if self.own >= timedelta(hours=1) else 1

    @property
    def unit(self) -> Text:
        """What the page counts it in."""
        hour = (
            pgettext_lazy("unit", "hours") if self._unit_minutes == 60 else pgettext_lazy("unit", "minutes")
        )
        return pgettext_lazy("unit", "working days") if self.working else hour

    def in_unit(self, span: timedelta) -> str:
        """A span as the page's number, without noughts behind the point."""
        return f"{span.total_seconds() / 60 / self._unit_minutes:.3f}".rstrip("0").rstrip(".")

    def minutes_of(self, number: Decimal) -> int:
        """The page's number in minutes."""
        return round(number * self._unit_minutes)

    @property
    def value(self) -> str:
        return self.in_unit(self.span)

    @property
    def own_value(self) -> str:
        return self.in_unit(self.own)

    @property
    def name(self) -> str:
        """The field's name in the form."""
        return f"{self.status}-{self.priority}"


def limits(*, by: Actor, organisation: UUID) -> list[Limit]:
    """Every limit of an institution, state by state, one statement."""
    rows = LIMIT.rows(by, "view").filter(organisation=organisation).select_related("set_by")
    newest = rows.order_by("status", "priority", "-version").distinct("status", "priority")
    known = {(row.status, row.priority): row for row in newest}
    return [_limit(status, priority, known) for status in SETTABLE for priority in reversed(Priority)]


def _limit(status: Status, priority: Priority, known: Mapping[tuple[str, str], TimeLimit]) -> Limit:
    own, (least, most) = TIMERS[status][priority], bounds(status, priority)
    row = known.get((status, priority))
    if row is None:
        return Limit(status, priority, own, own, least, most, 0)
    span = own if row.minutes is None else timedelta(minutes=row.minutes)
    return Limit(status, priority, span, own, least, most, row.version, row.set_by.name, row.set_at)


@dataclass(frozen=True, slots=True)
class Line:
    """One state of the settings page with its three limits."""

    status: Status
    turn: Text
    cells: tuple[Limit, ...]


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings page of one institution."""

    organisation_id: UUID
    place: str
    places: list[tuple[UUID, str]]
    lines: list[Line]
    version: int
    signing: Rule
    may_set: bool
    hours: consortium.Hours
    may_set_hours: bool


def settings(*, by: Actor, organisation: UUID | None = None) -> Settings:
    """Limits and working hours of an institution the actor acts for (default: her own). 404 for another one."""
    place = organisation or by.place
    if place not in by.organisations:
        raise OutOfReach(detail={"model": "consortium.organisation", "pk": str(place)})
    cells = limits(by=by, organisation=place)
    lines = [
        Line(status, TURN[status].label, tuple(one for one in cells if one.status == status))
        for status in SETTABLE
    ]
    names = consortium.organisation_names(by.organisations)
    return Settings(
        organisation_id=place,
        place=names.get(place, ""),
        places=sorted(names.items(), key=lambda one: one[1]) if len(names) > 1 else [],
        lines=lines,
        version=sum(one.version for one in cells),
        signing=second_signature(place),
        may_set=LIMIT.allows(by, "set"),
        hours=consortium.hours(place),
        may_set_hours=consortium.may_set_hours(by, place),
    )
