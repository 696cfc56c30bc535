"""Who is called while nobody reads a critical value back, and which of them are due."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models.functions import Coalesce

from consortium import selectors as consortium
from consortium.choices import Duty, OrganisationKind, Role, Title
from consortium.selectors.people import oncall
from consortium.selectors.people.oncall import Phone, Roster
from diagnostics.choices import Minutes, Rung
from diagnostics.models import CriticalCall, CriticalValue
from diagnostics.policies import CRITICAL
from kernel import clock
from kernel.actor import Actor

SENIOR: Final = (Title.ASSOCIATE_CHIEF, Title.CHIEF)


@dataclass(frozen=True, slots=True)
class Step:
    """One rung of the ladder with the people on it."""

    rung: Rung
    phones: tuple[Phone, ...]


def unanswered(*, by: Actor) -> list[UUID]:
    """Critical values to which the clock comes now, the longest waiting first."""
    rows = CRITICAL.rows(by, "escalate").filter(acknowledged_at__isnull=True)
    rows = rows.annotate(next_at=Coalesce("call_at", "due_at")).filter(next_at__lte=clock.now())
    return list(rows.order_by("next_at", "pk").values_list("pk", flat=True)[:200])


def next_at(critical: CriticalValue) -> datetime:
    """When the next one up is called."""
    return critical.call_at or critical.due_at


def after(number: int, steps: int) -> timedelta:
    """How long there is after the `number`th call: short while somebody is left above, longer at the top."""
    return timedelta(minutes=Minutes.CRITICAL_NEXT if number < steps else Minutes.CRITICAL_AGAIN)


def ladder(critical: CriticalValue) -> list[Step]:
    """Who is called one after the other at this hour: the doctor on duty, the head of the department, 行政总值班.

    Each person stands on her first rung only, the receiver on none; a rung with nobody is left out.
    """
    place, receiver = critical.request.source_id, critical.receiver_id
    house = consortium.organisation(place)
    above = house.parent_id if house.kind == OrganisationKind.VILLAGE_CLINIC else None
    here = oncall.roster({place, above} if above else {place})
    ward = oncall.ward_of(receiver, place)
    rungs = (
        (Rung.DUTY, oncall.phones(here.first_line(place, ward))),
        (Rung.HEAD, _heads(here, place, ward) or (_above(here, above) if above else ())),
        (Rung.CHIEF, _chiefs(here, place)),
    )
    return list(_each_once(rungs, receiver))


def step_of(critical: CriticalValue, number: int) -> tuple[Step | None, int]:
    """Who is called at the `number`th time, and how many rungs there are; at the top they are called again."""
    steps = ladder(critical)
    return (steps[min(number, len(steps)) - 1] if steps else None), len(steps)


def _each_once(rungs: Iterable[tuple[Rung, tuple[Phone, ...]]], receiver: UUID) -> Iterable[Step]:
    seen = {receiver}
    for rung, phones in rungs:
        fresh = tuple(one for one in phones if one.staff_id not in seen)
        seen |= {one.staff_id for one in fresh}
        if fresh:
            yield Step(rung, fresh)


def _heads(here: Roster, place: UUID, ward: UUID | None) -> tuple[Phone, ...]:
    """The second line of the ward; where none is rostered, its senior doctors, at a branch its reviewers."""
    if second := here.people(place, (Duty.SECOND_LINE,), ward):
        return oncall.phones(second)
    doctors = consortium.colleagues(Role.SPECIALIST, place, ward) if ward else []
    people = [one for one in doctors if one.title in SENIOR]
    people = people or consortium.colleagues(Role.BRANCH_REVIEWER, place)
    return oncall.at_house(people, place, Rung.HEAD.label)


def _above(here: Roster, place: UUID) -> tuple[Phone, ...]:
    """A village clinic's township centre: its reviewers, or whoever sees patients there now."""
    return _heads(here, place, None) or oncall.phones(here.first_line(place, None))


def _chiefs(here: Roster, place: UUID) -> tuple[Phone, ...]:
    """行政总值班 of the house and of the head hospital; by day, when nobody is rostered for it, the 医务科."""
    chiefs = here.people(place, (Duty.CHIEF,)) + here.people(here.head, (Duty.CHIEF,))
    return oncall.phones(chiefs) or oncall.medical_affairs(here)


@dataclass(frozen=True, slots=True)
class Call:
    """Somebody who was called: as what, when, under which telephone."""

    number: int
    rung: Rung
    name: str
    telephone: str
    at: datetime


def calls(criticals: Iterable[CriticalValue]) -> dict[UUID, list[Call]]:
    """Who was called for these critical values, in the order of the calls; two statements."""
    rows = list(
        CriticalCall.objects.filter(critical__in=[one.pk for one in criticals]).order_by("number", "pk")
    )
    names = consortium.names([row.staff_id for row in rows])
    found: dict[UUID, list[Call]] = {}
    for row in rows:
        call = Call(row.number, Rung(row.rung), names.get(row.staff_id, ""), row.telephone, row.called_at)
        found.setdefault(row.critical_id, []).append(call)
    return found
