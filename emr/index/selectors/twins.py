"""Who may be one person twice: pairs to compare, masked, and the merges that can be taken back."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _

from consortium import selectors as consortium
from emr.index import vault
from emr.index.choices import ChangeKind, IdKind
from emr.index.engine import identity, names, places
from emr.index.models import Patient, Person, PersonChange
from emr.index.policies import PATIENT
from emr.index.selectors.cards import SEX_TEXT, age_text
from kernel.actor import Actor
from kernel.database import prepared
from kernel.errors import OutOfReach, Text

SHOWN: Final = 50

# Two with documents of their own are two people; so one of a pair has none, and the search begins at those, the newest
# first. Each is looked up by itself, so the work ends with the pairs shown, however many people there are: OFFSET 0
# keeps the planner from joining everybody with everybody. Two without a document are told once. What was told apart
# stays apart.
_PAIRS: Final = """
SELECT a.id, b.id
FROM (SELECT id, sex, birth_date, name_key, phone_key FROM emr_person
      WHERE id_key IS NULL AND birth_date IS NOT NULL ORDER BY id DESC OFFSET 0) a
JOIN LATERAL (SELECT b.id FROM emr_person b
    WHERE {alike} AND b.birth_date = a.birth_date AND b.sex = a.sex AND b.id <> a.id
      AND (b.id_key IS NOT NULL OR b.id < a.id) OFFSET 0) b ON TRUE
WHERE EXISTS (SELECT 1 FROM emr_patient p WHERE p.person_id = a.id)
  AND EXISTS (SELECT 1 FROM emr_patient p WHERE p.person_id = b.id)
  AND NOT EXISTS (SELECT 1 FROM emr_personchange c WHERE c.kind = 'distinct'
      AND c.from_person_id IN (a.id, b.id) AND c.to_person_id IN (a.id, b.id))
LIMIT {most}
"""
PAIRS: Final = (
    _PAIRS.format(alike="b.name_key = a.name_key", most=SHOWN),
    _PAIRS.format(alike="b.phone_key = a.phone_key AND b.name_key <> a.name_key", most=SHOWN),
)
"""With the same sex and birth date: first those of one name, then those of one telephone."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of two persons, masked. `records`: (institution, number there) of her patients."""

    person_id: UUID
    patient_id: UUID
    name: str
    sex_text: Text
    age_text: str
    birth_date: str
    document: Text
    id_masked: str
    phone_masked: str
    village: str
    records: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two who may be one. `same`: which of their particulars agree, compared unmasked."""

    left: Side
    right: Side
    same: tuple[tuple[Text, str, str, bool], ...]

    @property
    def agreeing(self) -> int:
        return sum(agrees for _what, _left, _right, agrees in self.same)


@dataclass(frozen=True, slots=True)
class Merged:
    """A merge that stands and can be taken back."""

    patient_id: UUID
    name: str
    place: str
    number: str
    reason: str
    changed_at: datetime
    changed_by: str


def pairs(*, by: Actor) -> list[Pair]:
    """Pairs worth comparing, those of one name first and the newest persons before others. Raises Refused (403)."""
    PATIENT.ask(by, "merge")
    found: list[tuple[UUID, UUID]] = []
    with prepared.cursor() as cursor:
        for statement in PAIRS:
            if len(found) < SHOWN:
                cursor.execute(statement)
                found += [(row[0], row[1]) for row in cursor.fetchall()]
    sides = _sides({pk for pair in found[:SHOWN] for pk in pair})
    return [_pair(sides[left], sides[right]) for left, right in found[:SHOWN]]


def pair(*, by: Actor, left: UUID, right: UUID) -> Pair:
    """Two persons side by side. Raises OutOfReach (404) for one that has no record."""
    PATIENT.ask(by, "merge")
    sides = _sides({left, right})
    if left not in sides or right not in sides or left == right:
        raise OutOfReach(detail={"model": "emr.person", "pk": str(left)})
    return _pair(sides[left], sides[right])


def merges(*, by: Actor) -> list[Merged]:
    """The last merges that stand."""
    rows = PATIENT.rows(by, "merge").select_related("person")
    moves = PersonChange.objects.filter(kind__in=[ChangeKind.MERGED, ChangeKind.UNMERGED])
    last: dict[UUID, PersonChange] = {}
    for move in moves.order_by("-changed_at", "-pk")[:200]:
        last.setdefault(move.patient_id, move)
    standing = {pk: move for pk, move in last.items() if move.kind == ChangeKind.MERGED}
    found = rows.filter(pk__in=standing).order_by("pk")
    listed = list(found)
    place = consortium.organisation_names(row.organisation_id for row in listed)
    told = [_merged(row, standing[row.pk], place.get(row.organisation_id, "")) for row in listed]
    return sorted(told, key=lambda one: one.changed_at, reverse=True)


def _merged(row: Patient, move: PersonChange, place: str) -> Merged:
    name = names.masked(vault.name_of(row.person))
    return Merged(row.pk, name, place, row.local_number, move.reason, move.changed_at, move.changed_by)


@dataclass(frozen=True, slots=True)
class _Whole:
    """A person unsealed, for comparing only."""

    side: Side
    values: dict[str, str]


def _sides(wanted: set[UUID]) -> dict[UUID, _Whole]:
    records: dict[UUID, list[Patient]] = {}
    rows = Patient.objects.filter(person__in=wanted).select_related("person").order_by("registered_at", "pk")
    for row in rows:
        records.setdefault(row.person_id, []).append(row)
    found = consortium.organisation_names(row.organisation_id for row in rows)
    return {pk: _side(held[0].person, held, found) for pk, held in records.items()}


def _side(person: Person, held: list[Patient], place: dict[UUID, str]) -> _Whole:
    number, phone = vault.id_number_of(person), vault.phone_of(person)
    name, address = vault.name_of(person), vault.address_of(person)
    born = person.birth_date.isoformat() if person.birth_date else ""
    side = Side(
        person_id=person.pk,
        patient_id=held[0].pk,
        name=names.masked(name),
        sex_text=SEX_TEXT[person.sex],  # type: ignore[index]  # stored values are the enum's
        age_text=age_text(person.birth_date),
        birth_date=f"{born[:7]}-**" if born else "",
        document=IdKind(person.id_kind).label,
        id_masked=identity.mask(number) if number else "",
        phone_masked=places.mask_phone(phone) if phone else "",
        village=places.village(address),
        records=tuple((place.get(row.organisation_id, ""), row.local_number) for row in held),
    )
    values = {
        "name": names.normal(name),
        "sex": person.sex,
        "born": born,
        "number": number,
        "phone": phone,
        "address": address,
    }
    return _Whole(side, values)


def _pair(left: _Whole, right: _Whole) -> Pair:
    return Pair(left.side, right.side, tuple(_compared(left, right)))


def _compared(left: _Whole, right: _Whole) -> list[tuple[Text, str, str, bool]]:
    def line(what: Text, key: str, shown: Any) -> tuple[Text, str, str, bool]:
        ours, theirs = left.values[key], right.values[key]
        return what, str(shown(left.side)), str(shown(right.side)), bool(ours) and ours == theirs

    return [
        line(_("Name"), "name", lambda side: side.name),
        line(_("Sex"), "sex", lambda side: side.sex_text),
        line(_("Birth date"), "born", lambda side: side.birth_date),
        line(_("Document"), "number", lambda side: side.id_masked or side.document),
        line(_("Telephone"), "phone", lambda side: side.phone_masked),
        line(_("Village"), "address", lambda side: side.village),
    ]
