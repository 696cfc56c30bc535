"""Who is called for what is late: the duty roster of now, and who stands in at night and where nobody is on it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from consortium.choices import Duty, Role
from consortium.models import DutyShift, Staff
from consortium.selectors.people.directory import colleagues, current_posts, rosters
from consortium.selectors.places.listing import consortium_office, head_hospital, organisation
from consortium.selectors.places.worktime import calendars
from kernel import clock
from kernel.errors import OutOfReach, Text

Shifts: TypeAlias = list[DutyShift]


@dataclass(frozen=True, slots=True)
class Phone:
    """Somebody who is called: who, as what, where, under which telephone."""

    staff_id: UUID
    name: str
    duty: Text
    place: str
    telephone: str


@dataclass(frozen=True, slots=True)
class Roster:
    """Who is on duty right now at some institutions, at the head hospital and at the office; which of them rest."""

    shifts: Mapping[UUID, Sequence[DutyShift]]
    closed: frozenset[UUID]
    head: UUID | None
    office: UUID | None

    def people(self, place: UUID | None, duties: Collection[str], ward: UUID | None = None) -> Shifts:
        """Shifts of these duties at a place; those of a ward only when they are this one's."""
        at = self.shifts.get(place, ()) if place else ()
        return [one for one in at if one.duty in duties and one.department_id in (None, ward)]

    def first_line(self, place: UUID, ward: UUID | None) -> Shifts:
        """Who sees patients there today: of the ward, or of a branch, which is small enough to be one ward."""
        at = self.shifts.get(place, ())
        return [
            one
            for one in at
            if one.duty == Duty.FIRST_LINE and (one.department_id in (None, ward) or place != self.head)
        ]

    def manned_by(self, duty: str) -> UUID | None:
        """The department that mans the duty at the head hospital: a referral centre is a department of its own."""
        shifts = self.shifts.get(self.head, ()) if self.head else ()
        return next((one.department_id for one in shifts if one.duty == duty and one.department_id), None)


def roster(places: Collection[UUID], at: datetime | None = None) -> Roster:
    """The roster of these places (default now), in a fixed number of statements."""
    now = at or clock.now()
    try:
        head = head_hospital().pk
    except OutOfReach:
        head = None
    office = consortium_office()
    shifts = rosters({*places, *filter(None, (head, office))}, now)
    closed = frozenset(place for place, here in calendars(places).items() if not here.works_at(now))
    return Roster(shifts, closed, head, office)


def first(chain: Iterable[Sequence[DutyShift]]) -> tuple[Phone, ...]:
    """The first of the chain who is on duty, each person once."""
    return next((phones(people) for people in chain if people), ())


def phones(shifts: Sequence[DutyShift]) -> tuple[Phone, ...]:
    """The people of these shifts, each once."""
    by_person = {shift.staff_id: shift for shift in reversed(shifts)}
    return tuple(_phone(shift) for shift in reversed(by_person.values()))


def _phone(shift: DutyShift) -> Phone:
    return Phone(
        shift.staff_id,
        shift.staff.name,
        Duty(shift.duty).label,
        shift.organisation.short_name,
        shift.telephone,
    )


def ward_of(staff_id: UUID, place: UUID) -> UUID | None:
    """The department somebody works in at a place; None where the place has none."""
    posts = current_posts().filter(staff=staff_id, organisation=place, department__isnull=False)
    return posts.order_by("pk").values_list("department_id", flat=True).first()


def medical_affairs(here: Roster) -> tuple[Phone, ...]:
    """The 医务科 of office or head hospital, where nobody is on the roster."""
    for place in filter(None, (here.office, here.head)):
        if people := colleagues(Role.MEDICAL_AFFAIRS, place):
            return at_house(people, place, Role.MEDICAL_AFFAIRS.label)
    return ()


def at_house(people: Iterable[Staff], place: UUID, duty: Text) -> tuple[Phone, ...]:
    """People who are on no roster, under their house's own telephone."""
    house = organisation(place)
    return tuple(Phone(one.pk, one.name, duty, house.short_name, house.telephone) for one in people)
