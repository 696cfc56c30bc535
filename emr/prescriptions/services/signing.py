"""A prescription is signed (签名开方): checked, warned of, sealed with SM2, published; all of it or none."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _

from emr.access import selectors as access
from emr.chart.policies import CHART
from emr.index.models import Patient, Person
from emr.prescriptions.choices import PAPER, Kind, Status, VoidReason
from emr.prescriptions.engine import checks
from emr.prescriptions.engine.sheet import Content, Diagnosis, Line, Warning, last_day, pack
from emr.prescriptions.models import Prescription, PrescriptionCounter
from emr.prescriptions.policies import PRESCRIPTION
from emr.prescriptions.selectors import record, rights
from emr.prescriptions.selectors.record import Visit
from emr.prescriptions.selectors.sheets import SEALED_AS
from emr.prescriptions.services import bounds
from emr.prescriptions.services.publishing import ask, publish
from emr.prescriptions.services.voiding import end
from emr.repository import selectors as stored
from kernel import audit, clock, crypto, idempotency, ids, labels, papers
from kernel.actor import Actor
from kernel.database.joining import joined
from kernel.errors import Conflict, Invalid


class Warned(Conflict):
    """The record stands against it: the doctor has to say why she prescribes it all the same (409, code `warned`)."""

    code = "warned"

    def __init__(self, warnings: Sequence[Warning]) -> None:
        words = "；".join(f"{one.name}：{one.about}" for one in warnings)
        super().__init__(
            _("Look at this first, then say why you prescribe it all the same: %(words)s") % {"words": words},
            detail={"warnings": [one.key for one in warnings]},
        )
        self.warnings = tuple(warnings)

    @property
    def seen(self) -> str:
        """What a form sends back when its reader has seen the warnings."""
        return "|".join(one.key for one in self.warnings)


@joined
def sign(
    *,
    by: Actor,
    key: str,
    encounter_id: UUID,
    lines: Sequence[Line],
    diagnoses: Collection[str],
    kind: str = Kind.ORDINARY,
    long_reason: str = "",
    valid_days: int = 1,
    valid_reason: str = "",
    seen: Collection[str] = (),
    override: str = "",
    instead: UUID | None = None,
) -> Prescription:
    """Sign a prescription in a visit of one's own institution; the medicines are published, the sheet is sealed.

    An assistant's at a hospital waits for a physician's countersignature: valid only then (处方管理办法 art. 8).

    `diagnoses`: ids of Conditions of the visit. `valid_days`: on how many days it may be dispensed, today counted in;
    more than one with `valid_reason`. `seen`: keys of the warnings the doctor has read (`Warning.key`), with `override`
    why it is prescribed all the same. `instead`: a sheet of hers that nobody countersigned while it was valid; this one
    takes its place, that one is void. Raises Refused (403) without a licence to prescribe, Invalid (422),
    Warned (409) for a warning not seen yet, Conflict for a visit that is over or a patient who has died.
    """
    PRESCRIPTION.ask(by, "write")
    visit = record.visit(by=by, encounter_id=encounter_id)
    patient = _patient(by, visit)
    pk = ids.uuid7()
    if done := idempotency.first(by=by, verb="emr.prescription", key=key, subject=pk):
        return Prescription.objects.get(pk=done)
    held = rights.ask_right(by)
    rights.check_visit(visit)
    bounds.check_sheet(kind, long_reason.strip(), lines)
    bounds.check_validity(valid_days, valid_reason.strip())
    bounds.check_list(held, patient.organisation_id, lines)
    chosen = _chosen(visit, diagnoses)
    warnings = _warnings(by, patient, lines)
    if fresh := [one for one in warnings if one.key not in seen]:
        raise Warned(fresh)
    if warnings and not override.strip():
        raise Invalid(fields={"override": _("Say why you prescribe it all the same.")})
    content = replace(
        _content(by, patient, visit, kind, long_reason.strip(), chosen, lines),
        valid_days=valid_days,
        valid_reason=valid_reason.strip() if valid_days > 1 else "",
        warnings=tuple(warnings),
        override=override.strip() if warnings else "",
    )
    if instead:
        _take_place(by, instead, visit)
    row = _seal(by, pk, patient, content, two=rights.needs_second(held, patient.organisation_id))
    if row.needs_second:
        ask(by, row)
    return row


def _patient(by: Actor, visit: Visit) -> Patient:
    """The record, its person locked: two windows sign one after the other, the second sees what the first gave."""
    patient = CHART.fetch(by, "write", visit.patient_id)
    person = Person.objects.select_for_update().get(pk=patient.person_id)
    if visit.organisation_id != str(patient.organisation_id):
        raise Conflict(_("One prescribes in a visit of one's own institution."), code="other_visit")
    if person.deceased_at:
        raise Conflict(_("The patient has died."), code="deceased")
    return patient


def _take_place(by: Actor, instead: UUID, visit: Visit) -> None:
    """The lapsed sheet is void. Raises OutOfReach (404) for another's, Conflict (409) for one that has not lapsed."""
    row = PRESCRIPTION.fetch(by, "renew", instead, lock=True)
    lapsed = row.status == Status.WAITING and row.valid_until_date < clock.today()
    if not lapsed or str(row.encounter_id) != visit.id:
        raise Conflict(_("Only what was not countersigned in time is written anew."), code="not_lapsed")
    end(by, row, VoidReason.LAPSED, "")


def _chosen(visit: Visit, wanted: Collection[str]) -> list[Diagnosis]:
    """The diagnoses the sheet stands on. Raises Invalid for none, or one that is not the visit's."""
    known = {one.id: one for one in visit.diagnoses}
    if not wanted or not set(wanted) <= known.keys():
        raise Invalid(fields={"diagnoses": _("Choose at least one diagnosis of this visit.")})
    return [one for one in visit.diagnoses if one.id in wanted]


def _warnings(by: Actor, patient: Patient, lines: Sequence[Line]) -> list[Warning]:
    names = [line.name for line in lines]
    return checks.warnings(
        lines,
        allergies=record.allergies(by=by, patient_id=patient.pk),
        supplied=record.supplied(by=by, patient_id=patient.pk),
        missing=record.missing(organisation_id=patient.organisation_id, names=names),
        today=clock.today(),
    )


def _content(
    by: Actor,
    patient: Patient,
    visit: Visit,
    kind: str,
    long_reason: str,
    diagnoses: Sequence[Diagnosis],
    lines: Sequence[Line],
) -> Content:
    now = clock.local(clock.now())
    today = clock.day_of(now)
    return Content(
        number=next_number(today),
        patient=str(patient.pk),
        organisation=str(patient.organisation_id),
        doctor=str(by.person),
        encounter=visit.id,
        kind=kind,
        long_reason=long_reason if kind == Kind.LONG else "",
        diagnoses=tuple(diagnoses),
        lines=tuple(lines),
        requests=tuple(str(ids.uuid7()) for _line in lines),
        signed_at=now.isoformat(timespec="milliseconds"),
        valid_date=today.isoformat(),
    )


def next_number(day: date) -> str:
    """The next number of the day in the county, e.g. R2611280083; the counter's row lock keeps it without gaps."""
    PrescriptionCounter.objects.bulk_create([PrescriptionCounter(day=day)], ignore_conflicts=True)
    counter = PrescriptionCounter.objects.select_for_update().get(day=day)
    counter.last += 1
    counter.save(update_fields=["last"])
    return f"R{day:%y%m%d}{counter.last:04d}"


def _seal(by: Actor, pk: UUID, patient: Patient, content: Content, *, two: bool) -> Prescription:
    signed, today = pack(content), date.fromisoformat(content.valid_date)
    label = _label(by, content)
    row = Prescription.objects.create(
        id=pk,
        number=content.number,
        patient=patient,
        encounter_id=UUID(content.encounter),
        organisation_id=patient.organisation_id,
        doctor_id=by.person,
        kind=content.kind,
        status=Status.WAITING if two else Status.SIGNED,
        needs_second=two,
        content_sealed=crypto.seal_bytes(SEALED_AS, pk, signed),
        valid_date=today,
        valid_days=content.valid_days,
        until_date=last_day(today, max(line.days for line in content.lines)),
        signed_at=content.signed_at,
    )
    seal = papers.seal(kind=PAPER, subject=pk, version=1, data=signed)
    publish(by, row, content, [seal], label=label)
    detail: dict[str, str | int | bool] = {"medicines": len(content.lines), "warnings": len(content.warnings)}
    audit.record(by=by, action="emr.prescription_signed", subject=row, patient=patient.pk, detail=detail)
    return row


def _label(by: Actor, content: Content) -> int:
    """A sheet tells what its diagnoses and medicines tell. Raises Conflict (409) where its writer could not read it."""
    known = stored.labels_above_care(("Condition", one.id) for one in content.diagnoses)
    rules = access.rules()
    told = [rules.of_code("", line.name)[0] for line in content.lines]
    told += [rules.of_code(one.code, one.text)[0] for one in content.diagnoses]
    label = labels.highest([*known.values(), *told])
    if label > by.clearance:
        words = _("This prescription is specially protected: a doctor cleared for it has to sign it.")
        raise Conflict(words, code="above_clearance")
    return label
