"""The receiving side: answer, keep a bed, confirm arrival, care, reply."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from consortium import selectors as consortium
from emr.capacity import services as capacity
from emr.chart import services as chart
from emr.chart.choices import Certainty, EncounterKind
from kernel import clock
from kernel.actor import Actor
from kernel.errors import Invalid
from referral.choices import HOLD, Direction, Event, RejectCode, Status
from referral.models import Referral
from referral.policies import REFERRAL
from referral.services.sending import sign
from referral.services.steps import done_before, fetch, free_bed, source_of, step


@transaction.atomic
def accept(
    *,
    by: Actor,
    referral_id: UUID,
    version: int,
    key: str,
    department_id: UUID | None = None,
    bed_id: UUID | None = None,
) -> Referral:
    """Accept a leg, name the department and keep a bed, in one order; a bed names its department by itself.

    Raises Conflict (409) when somebody was faster with the leg or the bed.
    """
    if done_before(by, Event.ACCEPT, referral_id, key):
        return REFERRAL.fetch(by, "view", referral_id)
    referral = fetch(by, Event.ACCEPT, referral_id)
    _place(referral, consortium.bed(bed_id).department_id if bed_id else department_id)
    referral.accepted_at, referral.accepted_by_id = clock.now(), by.id
    step(
        by,
        referral,
        Event.ACCEPT,
        version=version,
        fields=["department", "accepted_at", "accepted_by"],
    )
    if bed_id is not None:
        _keep(by, referral, bed_id)
    return referral


def _place(referral: Referral, department_id: UUID | None) -> None:
    """The department of an up leg is named by the receiving side; a branch has none to name."""
    if department_id is None and referral.direction == Direction.UP and referral.department_id is None:
        raise Invalid(fields={"department": _("Name the department that takes the patient.")})
    if department_id is not None:
        department = consortium.department(department_id)
        if department.organisation_id != referral.target_id:
            raise Invalid(fields={"department": _("This department belongs to another institution.")})
        referral.department_id = department.pk


def _keep(by: Actor, referral: Referral, bed_id: UUID, *, version: int | None = None) -> None:
    bed = consortium.bed(bed_id)
    if bed.department_id != referral.department_id:
        raise Invalid(fields={"bed": _("This bed stands in another department.")})
    capacity.hold(
        by=by,
        bed_id=bed_id,
        patient_id=referral.patient_id,
        source=source_of(referral),
        until=clock.now() + HOLD,
    )
    referral.bed_id = bed_id
    step(by, referral, Event.SCHEDULE, version=version, words=str(bed), fields=["bed"])


@transaction.atomic
def schedule(*, by: Actor, referral_id: UUID, version: int, key: str, bed_id: UUID) -> Referral:
    """Keep a bed for an accepted leg."""
    if done_before(by, Event.SCHEDULE, referral_id, key):
        return REFERRAL.fetch(by, "view", referral_id)
    referral = fetch(by, Event.SCHEDULE, referral_id)
    _keep(by, referral, bed_id, version=version)
    return referral


@transaction.atomic
def reject(
    *, by: Actor, referral_id: UUID, version: int, key: str, code: str, text: str, instead: str
) -> Referral:
    """Reject a leg with code, words, and what to do instead."""
    if done_before(by, Event.REJECT, referral_id, key):
        return REFERRAL.fetch(by, "view", referral_id)
    referral = fetch(by, Event.REJECT, referral_id)
    wrong = {}
    if code not in RejectCode.values:
        wrong["code"] = _("Choose a reason.")
    if not text.strip():
        wrong["text"] = _("Say why in a sentence.")
    if not instead.strip():
        wrong["instead"] = _("Say what the branch should do instead.")
    if wrong:
        raise Invalid(fields=wrong)
    referral.reject_code, referral.reject_text, referral.instead = code, text.strip(), instead.strip()
    step(
        by,
        referral,
        Event.REJECT,
        version=version,
        words=f"{code} {text.strip()}",
        fields=["reject_code", "reject_text", "instead"],
    )
    return referral


@transaction.atomic
def arrive(
    *,
    by: Actor,
    referral_id: UUID,
    version: int,
    key: str,
    identity_checked: bool,
    department_id: UUID | None = None,
) -> Referral:
    """Confirm arrival, also before the decision. The identity has been checked; the kept bed becomes occupied.

    The receiving institution gets its own record of the person.
    """
    if done_before(by, Event.ARRIVE, referral_id, key):
        return REFERRAL.fetch(by, "view", referral_id)
    referral = fetch(by, Event.ARRIVE, referral_id)
    if not identity_checked:
        raise Invalid(fields={"identity_checked": _("Check who this is before you confirm the arrival.")})
    _place(referral, department_id)
    chart.adopt(by=by, key="", patient_id=referral.patient_id)
    held = referral.status == Status.SCHEDULED
    referral.arrived_at = clock.now()
    step(by, referral, Event.ARRIVE, version=version, fields=["arrived_at", "department"])
    if held:
        capacity.occupy(
            by=by, source=source_of(referral), bed_id=referral.bed_id, patient_id=referral.patient_id
        )
    return referral


@transaction.atomic
def admit(*, by: Actor, referral_id: UUID, version: int, key: str, complaint: str) -> Referral:
    """Take the patient into care: an encounter in one's own record carries the care (invariant 9)."""
    if done_before(by, Event.ADMIT, referral_id, key):
        return REFERRAL.fetch(by, "view", referral_id)
    referral = fetch(by, Event.ADMIT, referral_id)
    referral.receiving_doctor_id = by.id
    step(by, referral, Event.ADMIT, version=version, fields=["receiving_doctor"])
    own = chart.adopt(by=by, key="", patient_id=referral.patient_id)
    referral.care_encounter_id = chart.record_encounter(
        by=by,
        key="",
        patient_id=own.pk,
        complaint=complaint,
        diagnoses=[(referral.diagnosis_code or None, referral.diagnosis, Certainty.PROVISIONAL)],
        kind=EncounterKind.INPATIENT,
    )
    referral.save(update_fields=["care_encounter_id"])
    return referral


@transaction.atomic
def complete_care(
    *, by: Actor, referral_id: UUID, version: int, key: str, outcome: str, advice: str
) -> Referral:
    """End the care with a signed reply (诊断结果, 下一步治疗方案); the bed is cleaned and free."""
    if done_before(by, Event.COMPLETE_CARE, referral_id, key):
        return REFERRAL.fetch(by, "view", referral_id)
    referral = fetch(by, Event.COMPLETE_CARE, referral_id)
    wrong = {}
    if not outcome.strip():
        wrong["outcome"] = _("Write diagnosis and course: the branch goes on from here.")
    if not advice.strip():
        wrong["advice"] = _("Write what the branch should do next, or that nothing is needed.")
    if wrong:
        raise Invalid(fields=wrong)
    referral.outcome, referral.advice = outcome.strip(), advice.strip()
    referral.signature = sign(by, referral)
    step(
        by,
        referral,
        Event.COMPLETE_CARE,
        version=version,
        fields=["outcome", "advice", "signature"],
    )
    free_bed(referral, cleaning=True)
    return referral
