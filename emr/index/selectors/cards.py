"""Who a patient is, as much as the actor may see: banner, lists, other apps' rows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from consortium import selectors as consortium
from emr.access import selectors as access
from emr.access.choices import Basis
from emr.index import vault
from emr.index.choices import IdKind, Sex
from emr.index.engine import identity, names, places
from emr.index.engine.ages import age
from emr.index.models import Patient
from emr.repository import selectors as repository
from kernel import clock
from kernel.actor import Actor
from kernel.database import prepared, rows
from kernel.errors import OutOfReach, Text

SEX_TEXT = {
    Sex.MALE: gettext_lazy("male"),
    Sex.FEMALE: gettext_lazy("female"),
    Sex.UNKNOWN: gettext_lazy("unknown sex"),
    Sex.UNSTATED: gettext_lazy("unstated sex"),
}
NO_ALLERGY = frozenset({"716186003", "no-known-allergy"})
"""Codes that say: asked, none known (SNOMED CT 716186003)."""


@dataclass(frozen=True, slots=True)
class Flag:
    """A fact in the banner: words, tone of `ly-tag` and icon."""

    text: Text
    tone: str = ""
    icon: str = ""


@dataclass(frozen=True, slots=True)
class PatientCard:
    """Who this is. Without a basis only masked name, sex, age and home institution are filled.

    `allergy_state`: "some", "none" (asked, none known), "unasked", or "" where allergies were not loaded.
    """

    id: UUID
    person_id: UUID
    name: str
    masked_name: str
    sex: str
    sex_text: Text
    birth_date: date | None
    age_text: str
    id_kind_text: Text
    id_masked: str
    phone_masked: str
    address_masked: str
    local_number: str
    organisation_id: UUID
    organisation_name: str
    basis: Basis | None
    allergies: tuple[str, ...] = ()
    allergy_state: str = ""
    flags: tuple[Flag, ...] = ()
    glass_until: datetime | None = None

    @property
    def url(self) -> str:
        """Her chart."""
        return reverse("emr:chart", args=[self.id])

    @property
    def basis_text(self) -> Text:
        """The basis in words, empty without one."""
        return Basis(self.basis).label if self.basis else ""

    @property
    def tab_title(self) -> str:
        """周*芳 67岁: enough to tell two tabs apart, little left in the history of a shared PC."""
        return f"{self.masked_name} {self.age_text}".strip()


def age_text(born: date | None, *, on: date | None = None) -> str:
    """67岁, 14个月, 12天; empty when the birth date is unknown."""
    if born is None:
        return ""
    number, unit = age(born, on or clock.today())
    if unit == "days":
        return ngettext("%(n)d day old", "%(n)d days old", number) % {"n": number}
    if unit == "months":
        return ngettext("%(n)d month old", "%(n)d months old", number) % {"n": number}
    return ngettext("%(n)d year old", "%(n)d years old", number) % {"n": number}


def cards(*, by: Actor, patient_ids: Iterable[UUID]) -> dict[UUID, PatientCard]:
    """Cards of many patients, three statements, allergies not loaded; unknown ids are absent."""
    wanted = list(dict.fromkeys(patient_ids))
    bases = access.bases(by=by, patient_ids=wanted)
    found = (
        rows.every(Patient, "t0.id = ANY(%s) ORDER BY t0.id", [wanted], related=("person",)) if wanted else []
    )
    places_of = consortium.organisation_names(row.organisation_id for row in found)
    return {row.pk: _card(row, bases.get(row.pk), places_of.get(row.organisation_id, "")) for row in found}


def card(*, by: Actor, patient_id: UUID) -> PatientCard:
    """The card of one patient with allergies and flags, for the banner. Raises OutOfReach (404) for no patient."""
    row = rows.first(Patient, "t0.id = %s", [patient_id], related=("person",))
    if row is None:
        raise OutOfReach(detail={"model": "emr.patient", "pk": str(patient_id)})
    basis = access.basis(by=by, patient_id=patient_id)
    told = basis is not None and access.reads(by, "AllergyIntolerance")
    known, state = _allergies(by, row.pk) if told else ((), "")
    glass = access.glass_open(by=by, patient_id=patient_id, now=clock.now()) if basis else None
    flags = _flags(row, _namesakes(row)) if basis else ()
    return _card(
        row, basis, consortium.organisation_name(row.organisation_id), known, state, flags,
        glass.until_at if glass else None,
    )  # fmt: skip


def _card(
    row: Patient,
    basis: Basis | None,
    place: str,
    allergies: tuple[str, ...] = (),
    allergy_state: str = "",
    flags: tuple[Flag, ...] = (),
    glass_until: datetime | None = None,
) -> PatientCard:
    person, name = row.person, vault.name_of(row.person)
    masked = names.masked(name)
    number, phone = (vault.id_number_of(person), vault.phone_of(person)) if basis else ("", "")
    return PatientCard(
        id=row.pk,
        person_id=person.pk,
        name=name if basis else masked,
        masked_name=masked,
        sex=person.sex,
        sex_text=SEX_TEXT[Sex(person.sex)],
        birth_date=person.birth_date if basis else None,
        age_text=age_text(person.birth_date),
        id_kind_text=IdKind(person.id_kind).label,
        id_masked=identity.mask(number) if number else "",
        phone_masked=places.mask_phone(phone) if phone else "",
        address_masked=places.mask_address(vault.address_of(person)) if basis else "",
        local_number=row.local_number if basis else "",
        organisation_id=row.organisation_id,
        organisation_name=place,
        basis=basis,
        allergies=allergies,
        allergy_state=allergy_state,
        flags=flags,
        glass_until=glass_until,
    )


def _flags(row: Patient, namesakes: int) -> tuple[Flag, ...]:
    person, flags = row.person, []
    if person.deceased_at:
        flags.append(Flag(_("deceased %(day)s") % {"day": clock.day_of(person.deceased_at).isoformat()}))
    if person.unidentified:
        flags.append(Flag(_("identity unknown"), "warn", "user-question"))
    if person.id_kind == IdKind.NONE:
        flags.append(Flag(_("no document"), "warn", "id"))
    if namesakes > 1:
        flags.append(
            Flag(ngettext("%(n)d of this name", "%(n)d of this name", namesakes) % {"n": namesakes}, "warn")
        )
    if other := vault.other_name_of(row):
        flags.append(Flag(_("also %(name)s") % {"name": other}, "warn"))
    return tuple(flags)


NAMESAKES: Final = "SELECT id FROM emr_patient WHERE organisation_id = %s AND tokens @> %s::bigint[] LIMIT 9"


def _namesakes(row: Patient) -> int:
    """How many records of this hospital bear the same whole name; counting stops at nine."""
    token = vault.token(row.organisation_id, f"={names.normal(vault.name_of(row.person))}")
    with prepared.cursor() as cursor:
        cursor.execute(NAMESAKES, [row.organisation_id, [token]])
        return len(cursor.fetchall())


def _allergies(by: Actor, patient_id: UUID) -> tuple[tuple[str, ...], str]:
    found = repository.of_patient(by=by, patient_id=patient_id, kind="AllergyIntolerance", limit=20)
    return allergy_words(found)


def allergy_words(resources: Sequence[dict[str, object]]) -> tuple[tuple[str, ...], str]:
    """Names of what the patient does not tolerate, and the state: "some", "none", "unasked"."""
    words: list[str] = []
    asked = False
    for resource in resources:
        if _code_of(resource, "verificationStatus") in {"refuted", "entered-in-error"}:
            continue
        asked = True
        code = resource.get("code")
        codings = code.get("coding", []) if isinstance(code, dict) else []
        if any(coding.get("code") in NO_ALLERGY for coding in codings):
            continue
        text = code.get("text", "") if isinstance(code, dict) else ""
        words.append(text or next((coding.get("display", "") for coding in codings), ""))
    plain = tuple(dict.fromkeys(word for word in words if word))
    return plain, "some" if plain else "none" if asked else "unasked"


def _code_of(resource: dict[str, object], name: str) -> str:
    concept = resource.get(name)
    codings = concept.get("coding", []) if isinstance(concept, dict) else []
    return str(codings[0].get("code", "")) if codings else ""
