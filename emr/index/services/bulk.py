"""Many people at once: rows by COPY, with everything the desk's verb would have written into them."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Protocol
from uuid import UUID

from django.db import connection, transaction

from emr.index import fhir, vault
from emr.index.choices import IdKind
from emr.index.engine import names
from emr.index.policies import PATIENT
from emr.index.services.publishing import outgoing
from emr.repository import services as repository
from kernel import audit, clock, ids
from kernel.actor import Actor

PERSON: Final = (
    "id", "version", "name_sealed", "name_key", "sex", "birth_date", "id_kind", "id_sealed", "id_key",
    "no_id_reason", "phone_sealed", "phone_key", "address_sealed", "unidentified", "created_at",
)  # fmt: skip
PATIENT_ROW: Final = (
    "id", "version", "person_id", "organisation_id", "local_number", "tokens", "registered_at", "registered_by",
    "last_seen_at",
)  # fmt: skip
COUNT: Final = """
INSERT INTO emr_localnumber (organisation_id, last) SELECT * FROM unnest(%s::uuid[], %s::bigint[])
ON CONFLICT (organisation_id) DO UPDATE SET last = emr_localnumber.last + excluded.last
RETURNING organisation_id, last
"""


class Said(Protocol):
    """What is said about a person; the values are taken as checked."""

    @property
    def name(self) -> str: ...

    @property
    def sex(self) -> str: ...

    @property
    def birth_date(self) -> date: ...

    @property
    def id_kind(self) -> str: ...

    @property
    def id_number(self) -> str: ...

    @property
    def no_id_reason(self) -> str: ...

    @property
    def phone(self) -> str: ...

    @property
    def address(self) -> str: ...

    @property
    def place(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Enrolled:
    """Who was enrolled where, with the facts of the Patient resource."""

    patient_id: UUID
    organisation_id: UUID
    facts: fhir.Facts


class Tokens:
    """Tokens with their hashes kept: names share most of their pieces."""

    def __init__(self) -> None:
        self.kept: dict[tuple[UUID, str], int] = {}

    def of(self, place: UUID, name: str) -> list[int]:
        return sorted({self._one(place, piece) for piece in names.pieces(name)})

    def _one(self, place: UUID, piece: str) -> int:
        found = self.kept.get((place, piece))
        if found is None:
            found = self.kept[place, piece] = vault.token(place, piece)
        return found


@transaction.atomic
def enrol_many(
    *,
    by: Actor,
    people: Sequence[Said],
    organisations: Sequence[UUID],
    tokens: Tokens,
    seen: Sequence[datetime] | None = None,
    resources: bool = True,
) -> list[Enrolled]:
    """Enrol people nobody knows yet; `place` of each is an index into `organisations`, `seen` when she was last there.

    For catalogues, first loads and measuring: duplicates of a document break it (the constraint), nothing is
    asked, no event tells of it. With `resources` each Patient resource is published as well.
    """
    PATIENT.ask(by, "register")
    numbers = _numbers([organisations[one.place] for one in people])
    enrolled, persons, patients = [], [], []
    now = clock.now()
    for at, one in enumerate(people):
        person, place = ids.uuid7(), organisations[one.place]
        last = seen[at] if seen else now
        numbers[place] += 1
        facts = _facts(one, place, f"{numbers[place]:08d}")
        persons.append(_person(one, person, now))
        tokened = tokens.of(place, one.name)
        patients.append(
            (facts.id, 1, person, place, facts.local_number, tokened, min(last, now), by.name, last)
        )
        enrolled.append(Enrolled(facts.id, place, facts))
    _copy("emr_person", PERSON, persons)
    _copy("emr_patient", PATIENT_ROW, patients)
    if resources:
        known = [outgoing(one.facts) for one in enrolled]
        repository.publish(by=by, owner="index", resources=known, announced=False)
    audit.record(by=by, action="emr.patients_enrolled", detail={"people": len(enrolled)})
    return enrolled


def _numbers(places: Iterable[UUID]) -> Counter[UUID]:
    """The last number given in each hospital before these, all of them taken in one statement."""
    wanted = Counter(places)
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [list(wanted), list(wanted.values())])
        return Counter({place: last - wanted[place] for place, last in cursor.fetchall()})


def _facts(one: Said, place: UUID, number: str) -> fhir.Facts:
    family, given = names.split(one.name)
    return fhir.Facts(
        id=ids.uuid7(),
        organisation_id=place,
        local_number=number,
        family=family,
        given=given,
        other_name="",
        sex=one.sex,
        birth_date=one.birth_date,
        id_kind=one.id_kind,
        id_number=one.id_number,
        phone=one.phone,
        address=one.address,
        mother_id=None,
        deceased_at=None,
    )


def _person(one: Said, pk: UUID, now: datetime) -> tuple[Any, ...]:
    known = one.id_kind != IdKind.NONE
    return (
        pk,
        1,
        vault.seal_name(pk, one.name),
        vault.name_key(one.name),
        one.sex,
        one.birth_date,
        one.id_kind,
        vault.seal_id_number(pk, one.id_number) if known else None,
        vault.id_key(one.id_kind, one.id_number) if known else None,
        one.no_id_reason,
        vault.seal_phone(pk, one.phone) if one.phone else None,
        vault.phone_key(one.phone) if one.phone else None,
        vault.seal_address(pk, one.address) if one.address else None,
        False,
        now,
    )


def _copy(table: str, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy,
    ):
        for row in rows:
            copy.write_row(row)
