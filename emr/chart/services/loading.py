"""People with their past visits, many at once: the demo county and measuring."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import islice
from typing import Final, Protocol
from uuid import UUID

from django.db import transaction

from emr.chart import fhir
from emr.chart.choices import EncounterKind
from emr.chart.services.encounters import OWNER, outgoing
from emr.index import services as index
from emr.index.services.bulk import Said
from emr.repository import services as repository
from kernel import audit, clock, ids
from kernel.actor import Actor

BATCH: Final = 200
"""People in one transaction."""


class Visited(Protocol):
    """One past visit; see fixtures.people.Visit."""

    @property
    def at(self) -> datetime: ...

    @property
    def complaint(self) -> str: ...

    @property
    def diagnoses(self) -> Sequence[tuple[str | None, str, str]]: ...

    @property
    def plan(self) -> str: ...

    @property
    def vitals(self) -> dict[str, float]: ...

    @property
    def allergies(self) -> Sequence[str] | None: ...

    @property
    def medicines(self) -> Sequence[tuple[str, str]]: ...


class Person(Said, Protocol):
    """Somebody with past visits; see fixtures.people.Made."""

    @property
    def visits(self) -> Sequence[Visited]: ...


@dataclass(frozen=True, slots=True)
class Place:
    """Where people are enrolled and seen, and by whom."""

    id: UUID
    name: str
    doctor_id: UUID | None = None
    doctor: str = ""


def load_people(
    *, by: Actor, people: Iterable[Person], places: Sequence[Place], resources: bool = True
) -> list[UUID]:
    """Enrol people with their visits; answers their record ids in order. Each batch is one transaction.

    Their past is announced to nobody. With `resources` False only persons and records are written (for measuring
    lists and search at any size).
    """
    tokens, rest, found = index.Tokens(), iter(people), []
    while batch := list(islice(rest, BATCH if resources else BATCH * 25)):
        found += _batch(by=by, people=batch, places=places, tokens=tokens, resources=resources)
    return found


@transaction.atomic
def _batch(
    *, by: Actor, people: Sequence[Person], places: Sequence[Place], tokens: index.Tokens, resources: bool
) -> list[UUID]:
    now = clock.now()
    seen = [one.visits[-1].at if one.visits else now - _before(at) for at, one in enumerate(people)]
    enrolled = index.enrol_many(
        by=by,
        people=people,
        organisations=[place.id for place in places],
        tokens=tokens,
        seen=seen,
        resources=resources,
    )
    if resources:
        written = [
            one
            for said, row in zip(people, enrolled, strict=True)
            for visit in said.visits
            for one in outgoing(_note(visit, row, places[said.place]))
        ]
        repository.publish(by=by, owner=OWNER, resources=written, announced=False)
    audit.record(by=by, action="emr.people_loaded", detail={"people": len(enrolled)})
    return [row.patient_id for row in enrolled]


def _before(number: int) -> timedelta:
    """Somebody without visits came once, some time in the last two years."""
    return timedelta(hours=1 + number * 37 % 17_000)


def _note(visit: Visited, row: index.Enrolled, place: Place) -> fhir.Note:
    return fhir.Note(
        id=ids.uuid7(),
        patient_id=row.patient_id,
        organisation_id=place.id,
        organisation=place.name,
        doctor_id=place.doctor_id,
        doctor=place.doctor,
        kind=EncounterKind.AMBULATORY,
        at=visit.at,
        complaint=visit.complaint,
        plan=visit.plan,
        vitals={name: Decimal(str(value)) for name, value in visit.vitals.items()},
        diagnoses=[
            fhir.Diagnosis(ids.uuid7(), code or "", text, certainty)
            for code, text, certainty in visit.diagnoses
        ],
        allergies=visit.allergies,
        medicines=visit.medicines,
    )
