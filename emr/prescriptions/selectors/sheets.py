"""Signed prescriptions: in a list, and one of them as it stands on paper."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.utils.translation import pgettext_lazy

from consortium import selectors as consortium
from emr.index import selectors as index
from emr.index.selectors import PatientCard
from emr.prescriptions.choices import PAPER, Status
from emr.prescriptions.engine.sheet import Content, counter, unpack
from emr.prescriptions.engine.words import directions, medicine
from emr.prescriptions.models import Prescription
from emr.prescriptions.policies import PRESCRIPTION
from kernel import clock, crypto, papers
from kernel.actor import Actor
from kernel.errors import Text
from kernel.models import PaperSeal

SEALED_AS: Final = "emr_prescription.content"
LAPSED: Final = pgettext_lazy("prescription", "not countersigned in time")
AT_MOST: Final = 20


@dataclass(frozen=True, slots=True)
class Given:
    """A medicine of a sheet in words."""

    name: str
    directions: str


@dataclass(frozen=True, slots=True)
class Row:
    """One sheet in a list. It may be dispensed from `valid_date` to `valid_until`, both included; `valid_reason`: why
    longer than its day."""

    id: UUID
    version: int
    number: str
    patient_id: UUID
    encounter_id: UUID
    kind: str
    kind_text: Text
    status: str
    status_text: Text
    doctor: str
    organisation: str
    signed_at: datetime
    valid_date: date
    valid_days: int
    valid_until: date
    valid_reason: str
    until_date: date
    medicines: tuple[Given, ...]
    void_text: str = ""
    second: str = ""
    second_at: datetime | None = None
    second_words: str = ""

    @property
    def waits(self) -> bool:
        """Whether a physician has still to sign it too."""
        return self.status == Status.WAITING

    @property
    def is_refused(self) -> bool:
        return self.status == Status.REFUSED

    @property
    def is_void(self) -> bool:
        return self.status == Status.VOID

    @property
    def over(self) -> bool:
        """Whether its last day of dispensing is past."""
        return self.valid_until < clock.today()

    @property
    def lapsed(self) -> bool:
        """Whether nobody countersigned it while it was valid: its writer signs it anew."""
        return self.waits and self.over

    @property
    def word(self) -> Text:
        """Where it stands, in a word."""
        return LAPSED if self.lapsed else self.status_text


@dataclass(frozen=True, slots=True)
class Paper:
    """What the sheet prints. `may_renew`: it lapsed, its writer signs it anew; `may_copy`: its writer writes another
    one like it. `second_seal`: the countersignature's; `genuine`: the signatures fit what is kept here now."""

    prescription: Prescription
    row: Row
    content: Content
    card: PatientCard
    voided_by: str
    seal: PaperSeal | None
    second_seal: PaperSeal | None
    genuine: bool
    may_void: bool
    may_countersign: bool
    may_renew: bool
    may_copy: bool

    @property
    def newest(self) -> PaperSeal | None:
        """The seal whose code stands on the paper."""
        return self.second_seal or self.seal


def raw(prescription: Prescription) -> bytes:
    """The signed bytes. Raises Unsealable for altered ones."""
    return crypto.unseal_bytes(SEALED_AS, prescription.pk, prescription.content_sealed)


def content_of(prescription: Prescription) -> Content:
    """What stands on the sheet."""
    return unpack(raw(prescription))


def listed(*, by: Actor, patient_id: UUID) -> list[Row]:
    """Sheets of this person at all hospitals, as far as they are open to the actor, the newest first."""
    rows = PRESCRIPTION.rows(by, "view").filter(patient__person__patients=patient_id)
    return rows_of(rows.order_by("-signed_at", "-pk")[:AT_MOST])


def of_visit(*, by: Actor, encounter_id: UUID) -> list[Row]:
    """Sheets of one visit, the newest first."""
    rows = PRESCRIPTION.rows(by, "view").filter(encounter_id=encounter_id)
    return rows_of(rows.order_by("-signed_at", "-pk")[:AT_MOST])


def row(*, by: Actor, prescription_id: UUID) -> Row:
    """One sheet. Raises OutOfReach (404)."""
    (found,) = rows_of([PRESCRIPTION.fetch(by, "view", prescription_id)])
    return found


def paper(*, by: Actor, prescription_id: UUID) -> Paper:
    """The sheet as it is printed. Raises OutOfReach (404)."""
    return paper_of(by, PRESCRIPTION.fetch(by, "view", prescription_id))


def paper_of(by: Actor, prescription: Prescription) -> Paper:
    """The sheet of a prescription that was let through already."""
    data = raw(prescription)
    content, seals = unpack(data), papers.all_of(PAPER, prescription.pk)
    names = consortium.names([prescription.voided_by_id]) if prescription.voided_by_id else {}
    (row,) = rows_of([prescription])
    return Paper(
        prescription=prescription,
        row=row,
        content=content,
        card=index.card(by=by, patient_id=prescription.patient_id),
        voided_by=names.get(prescription.voided_by_id, "") if prescription.voided_by_id else "",
        seal=seals[0] if seals else None,
        second_seal=seals[1] if seals[1:] else None,
        genuine=bool(seals)
        and all(papers.holds(one, covered(prescription, data, one.version)) for one in seals),
        may_void=not row.is_void and not row.is_refused and _may(by, "void", prescription),
        may_countersign=row.waits and not row.lapsed and _may(by, "countersign", prescription),
        may_renew=row.lapsed and _may(by, "renew", prescription),
        may_copy=(row.is_refused or row.is_void) and _may(by, "renew", prescription),
    )


def covered(prescription: Prescription, data: bytes, version: int) -> bytes:
    """The bytes under one of its seals: the first is the writer's, the second the countersignature."""
    if version == 1 or prescription.second_id is None or prescription.second_at is None:
        return data
    return counter(data, prescription.second_id, prescription.second_at)


def _may(by: Actor, action: str, prescription: Prescription) -> bool:
    return (
        PRESCRIPTION.allows(by, action) and PRESCRIPTION.rows(by, action).filter(pk=prescription.pk).exists()
    )


def rows_of(found: Iterable[Prescription]) -> list[Row]:
    """Sheets that were let through already, as rows. Two statements for the names of any number of rows."""
    sheets = list(found)
    people = consortium.names([pk for one in sheets for pk in (one.doctor_id, one.second_id) if pk])
    places = consortium.organisation_names([one.organisation_id for one in sheets])
    return [_row(one, content_of(one), people, places) for one in sheets]


def _row(one: Prescription, content: Content, people: Mapping[UUID, str], places: Mapping[UUID, str]) -> Row:
    return Row(
        id=one.pk,
        version=one.version,
        number=one.number,
        patient_id=one.patient_id,
        encounter_id=one.encounter_id,
        kind=one.kind,
        kind_text=one.get_kind_display(),
        status=one.status,
        status_text=one.get_status_display(),
        doctor=people.get(one.doctor_id, ""),
        organisation=places.get(one.organisation_id, ""),
        signed_at=one.signed_at,
        valid_date=one.valid_date,
        valid_days=one.valid_days,
        valid_until=one.valid_until_date,
        valid_reason=content.valid_reason,
        until_date=one.until_date,
        medicines=tuple(Given(medicine(line), directions(line)) for line in content.lines),
        void_text=_void_text(one),
        second=people.get(one.second_id, "") if one.second_id else "",
        second_at=one.second_at,
        second_words=one.second_words,
    )


def _void_text(one: Prescription) -> str:
    if one.status != Status.VOID:
        return ""
    return "；".join(str(part) for part in (one.get_void_reason_display(), one.void_words) if part)
