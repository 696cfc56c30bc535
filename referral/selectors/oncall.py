"""Who is called for a late leg now: from the duty roster, the next one up with each escalation, another at night."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from consortium import selectors as directory
from consortium.choices import Duty, Role
from kernel import clock
from kernel.errors import OutOfReach, Text
from referral.choices import Side, turn_of
from referral.models import BackfillTask, Referral
from referral.selectors.limits import place_of

TOP: Final = 2
"""The last level: duty chief, referral centre, consortium office."""
WARD: Final = (Duty.SECOND_LINE, Duty.CHIEF)


@dataclass(frozen=True, slots=True)
class Phone:
    """Somebody who is called: who, as what, where, under which telephone."""

    staff_id: UUID
    name: str
    duty: Text
    place: str
    telephone: str


@dataclass(frozen=True, slots=True)
class _Roster:
    """The county's duty right now, as far as these legs need it."""

    shifts: Mapping[UUID, Sequence[Any]]
    closed: frozenset[UUID]
    head: UUID | None
    office: UUID | None

    def people(self, place: UUID | None, duties: Collection[str], ward: UUID | None = None) -> list[Any]:
        """Shifts of these duties at a place; those of a ward only when they are this one's."""
        at = self.shifts.get(place, ()) if place else ()
        return [one for one in at if one.duty in duties and one.department_id in (None, ward)]

    def first_line(self, place: UUID, ward: UUID | None) -> list[Any]:
        """Who sees patients there today: of the ward, or of a branch, which is small enough to be one ward."""
        at = self.shifts.get(place, ())
        return [
            one
            for one in at
            if one.duty == Duty.FIRST_LINE and (one.department_id in (None, ward) or place != self.head)
        ]


def level_of(escalations: int) -> int:
    """How far up a leg has been passed."""
    return min(max(escalations - 1, 0), TOP)


def called(legs: Iterable[Referral]) -> dict[UUID, tuple[Phone, ...]]:
    """Who is called for each of these legs now, in a fixed number of statements; nobody only in a county without
    roster and 医务科."""
    if not (rows := list(legs)):
        return {}
    roster = _roster({place_of(leg) for leg in rows}, clock.now())
    found = {leg.pk: _who(leg, roster) for leg in rows}
    if all(found.values()):
        return found
    instead = _medical_affairs(roster)
    return {pk: people or instead for pk, people in found.items()}


def called_for_paper(tasks: Iterable[BackfillTask]) -> dict[UUID, tuple[Phone, ...]]:
    """The same for papers that are late at the sending side; each with its `referral`."""
    if not (rows := list(tasks)):
        return {}
    roster = _roster({task.referral.source_id for task in rows}, clock.now())
    found = {task.pk: _first(_paper_chain(task, roster), task.escalations) for task in rows}
    if all(found.values()):
        return found
    instead = _medical_affairs(roster)
    return {pk: people or instead for pk, people in found.items()}


def _paper_chain(task: BackfillTask, roster: _Roster) -> list[list[Any]]:
    leg = task.referral
    return _levels(roster, leg.source_id, leg.source_department_id)


def _roster(places: set[UUID], now: datetime) -> _Roster:
    try:
        head = directory.head_hospital().pk
    except OutOfReach:
        head = None
    office = directory.consortium_office()
    shifts = directory.rosters({*places, *filter(None, (head, office))}, now)
    calendars = directory.calendars(places)
    closed = frozenset(place for place, here in calendars.items() if not here.works_at(now))
    return _Roster(shifts, closed, head, office)


def _who(leg: Referral, roster: _Roster) -> tuple[Phone, ...]:
    receiving = turn_of(leg.status, leg.follow_up) == Side.RECEIVER
    ward = leg.department_id if receiving else leg.source_department_id
    return _first(_levels(roster, place_of(leg), ward), leg.escalations)


def _first(chain: list[list[Any]], escalations: int) -> tuple[Phone, ...]:
    """The first of the chain from this level up who is on duty."""
    for people in chain[level_of(escalations) :]:
        if people:
            by_person = {shift.staff_id: shift for shift in reversed(people)}
            return tuple(_phone(shift) for shift in reversed(by_person.values()))
    return ()


def _levels(roster: _Roster, place: UUID, ward: UUID | None) -> list[list[Any]]:
    """Duty chief of the ward or house, referral centre, consortium office. Outside of working hours the house's
    行政总值班 stands for the centre, and the head hospital's for an office that has gone home."""
    night = place in roster.closed
    centre = Duty.CHIEF if night else Duty.REFERRAL_DESK
    first = roster.people(place, WARD, ward) or roster.first_line(place, ward)
    desk = roster.people(place, (centre,)) + roster.people(roster.head, (centre,), _any_ward(roster, centre))
    office = roster.people(roster.office, Duty.values)
    return [first, desk, office + (roster.people(roster.head, (Duty.CHIEF,)) if night else [])]


def _any_ward(roster: _Roster, duty: str) -> UUID | None:
    """The department that mans the duty at the head hospital: a referral centre is a department of its own."""
    shifts = roster.shifts.get(roster.head, ()) if roster.head else ()
    return next((one.department_id for one in shifts if one.duty == duty and one.department_id), None)


def _phone(shift: Any) -> Phone:
    return Phone(
        shift.staff_id,
        shift.staff.name,
        Duty(shift.duty).label,
        shift.organisation.short_name,
        shift.telephone,
    )


def _medical_affairs(roster: _Roster) -> tuple[Phone, ...]:
    """The 医务科 of office or head hospital, where nobody is on the roster."""
    for place in filter(None, (roster.office, roster.head)):
        if people := directory.colleagues(Role.MEDICAL_AFFAIRS, place):
            house = directory.organisation(place)
            label = Role.MEDICAL_AFFAIRS.label
            return tuple(Phone(one.pk, one.name, label, house.short_name, house.telephone) for one in people)
    return ()
