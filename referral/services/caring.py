"""The receiving side cares: arrival, admission, the reply, and what may go otherwise."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from emr.capacity import selectors as capacity_now
from emr.capacity import services as capacity
from emr.chart import services as chart
from emr.chart.choices import Certainty, EncounterKind
from kernel import clock
from kernel.actor import Actor
from kernel.errors import Invalid
from referral.choices import Event, ProposalState
from referral.models import Referral
from referral.services.arriving import settle
from referral.services.publishing import source_of
from referral.services.receiving import place, refuse
from referral.services.signing import keep_form, sign
from referral.services.steps import begin, free_bed, step


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
    referral, done = begin(by, Event.ARRIVE, referral_id, key, version)
    if done:
        return referral
    if not identity_checked:
        raise Invalid(fields={"identity_checked": _("Check who this is before you confirm the arrival.")})
    place(referral, department_id)
    chart.adopt(by=by, key="", patient_id=referral.patient_id)
    held = capacity_now.use_of(source_of(referral)) is not None
    referral.arrived_at = clock.now()
    step(by, referral, Event.ARRIVE, version=version, fields=["arrived_at", "department"])
    settle(by, referral.pk, ProposalState.CONFIRMED)
    if held:
        capacity.occupy(
            by=by, source=source_of(referral), bed_id=referral.bed_id, patient_id=referral.patient_id
        )
    return referral


@transaction.atomic
def admit(*, by: Actor, referral_id: UUID, version: int, key: str, complaint: str) -> Referral:
    """Take the patient into care: an encounter in one's own record carries the care (invariant 9)."""
    referral, done = begin(by, Event.ADMIT, referral_id, key, version)
    if done:
        return referral
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
        based_on=f"ServiceRequest/{referral.pk}",
    )
    referral.save(update_fields=["care_encounter_id"])
    return referral


@transaction.atomic
def complete_care(
    *, by: Actor, referral_id: UUID, version: int, key: str, outcome: str, advice: str
) -> Referral:
    """End the care with a signed reply (诊断结果, 下一步治疗方案); the bed is cleaned and free."""
    referral, done = begin(by, Event.COMPLETE_CARE, referral_id, key, version)
    if done:
        return referral
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
    keep_form(referral)
    free_bed(referral, cleaning=True)
    return referral


@transaction.atomic
def refuse_on_arrival(
    *, by: Actor, referral_id: UUID, version: int, key: str, code: str, text: str, instead: str
) -> Referral:
    """Refuse somebody who is there, with a safe alternative; counted apart from rejections."""
    referral, done = begin(by, Event.REFUSE_ON_ARRIVAL, referral_id, key, version)
    if done:
        return referral
    refuse(by, referral, Event.REFUSE_ON_ARRIVAL, version, code=code, text=text, instead=instead)
    return referral
