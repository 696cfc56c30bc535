"""The receiving side cares: arrival, admission, the reply, and what may go otherwise."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from consortium import selectors as consortium
from emr.capacity import services as capacity
from emr.chart import services as chart
from emr.chart.choices import Certainty, EncounterKind
from emr.index import selectors as index
from kernel import clock
from kernel.actor import Actor
from kernel.errors import Invalid, Text
from referral.choices import Event, FollowUp, ItemState, NoPlan, ProposalState
from referral.fhir import outside_care_id
from referral.models import Referral
from referral.services.care.arriving import settle
from referral.services.desk.receiving import place, refuse
from referral.services.form.signing import keep_form, sign
from referral.services.leg.standing import source_of, standing_of
from referral.services.leg.steps import begin, free_bed, step


def outside(referral: Referral) -> bool:
    """Whether a hospital outside receives: its record and its beds are its own."""
    return consortium.is_outside(referral.target_id)


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
    named = place(referral, department_id)
    here = standing_of(referral, by)
    if not here.known[referral.target_id].outside:
        chart.adopt(by=by, key="", patient_id=referral.patient_id)
    referral.arrived_at = clock.now()
    step(by, referral, Event.ARRIVE, version=version, fields=["arrived_at", *named], here=here)
    settle(by, referral.pk, ProposalState.CONFIRMED)
    if here.kept:
        capacity.occupy(
            by=by, source=source_of(referral), bed_id=referral.bed_id, patient_id=referral.patient_id
        )
    return referral


@transaction.atomic
def admit(
    *, by: Actor, referral_id: UUID, version: int, key: str, complaint: str, bed_id: UUID | None = None
) -> Referral:
    """Take the patient into care: an encounter in one's own record carries the care (invariant 9).

    `bed_id`: a bed of one's own ward where none was kept, as when a branch admits somebody who came down. Raises
    Conflict (409) when the bed was taken meanwhile.
    """
    referral, done = begin(by, Event.ADMIT, referral_id, key, version)
    if done:
        return referral
    if outside(referral):
        referral.care_encounter_id = outside_care_id(referral)
        step(by, referral, Event.ADMIT, version=version, words=complaint, fields=["care_encounter_id"])
        return referral
    referral.receiving_doctor_id = by.id
    named = _lie_down(by, referral, bed_id) if bed_id is not None else []
    referral.care_encounter_id = chart.record_encounter(
        by=by,
        key="",
        patient_id=_own_record(by, referral),
        complaint=complaint,
        diagnoses=[(referral.diagnosis_code or None, referral.diagnosis, Certainty.PROVISIONAL)],
        kind=EncounterKind.INPATIENT,
        based_on=f"ServiceRequest/{referral.pk}",
        codes_stand=True,
    )
    fields = ["receiving_doctor", "care_encounter_id", *named]
    step(by, referral, Event.ADMIT, version=version, fields=fields)
    return referral


def _own_record(by: Actor, referral: Referral) -> UUID:
    """The receiving institution's own record of the patient, made at the arrival; made now where that is gone."""
    own = index.own_record(referral.patient_id, by.place)
    return own or chart.adopt(by=by, key="", patient_id=referral.patient_id).pk


def _lie_down(by: Actor, referral: Referral, bed_id: UUID) -> list[str]:
    """Into this bed; answers the columns that changed."""
    named = place(referral, consortium.bed(bed_id).department_id)
    capacity.occupy(by=by, source=source_of(referral), bed_id=bed_id, patient_id=referral.patient_id)
    referral.bed_id = bed_id
    return ["bed", *named]


@transaction.atomic
def complete_care(
    *,
    by: Actor,
    referral_id: UUID,
    version: int,
    key: str,
    outcome: str,
    advice: str,
    follow_up: str,
    no_plan: str = "",
    no_plan_words: str = "",
    record_number: str = "",
    results: str = "",
    course: str = "",
    rehabilitation: str = "",
) -> Referral:
    """End the care with the signed return form (回转单): 诊断结果, 主要检查结果, 治疗经过, 下一步治疗方案, 康复建议;
    and with a word on what follows: a plan, or none with the reason. The bed is cleaned and free.

    Raises Invalid (422) with each missing field's sentence.
    """
    referral, done = begin(by, Event.COMPLETE_CARE, referral_id, key, version)
    if done:
        return referral
    text = {
        "outcome": outcome, "advice": advice, "record_number": record_number, "results": results,
        "course": course, "rehabilitation": rehabilitation, "no_plan_words": no_plan_words,
    }  # fmt: skip
    reply = {name: words.strip() for name, words in text.items()} | {
        "follow_up": follow_up,
        "no_plan": no_plan,
    }
    if wrong := _wrong_reply(referral, reply):
        raise Invalid(fields=wrong)
    for name, value in reply.items():
        setattr(referral, name, value)
    referral.signature = sign(by, referral)
    step(by, referral, Event.COMPLETE_CARE, version=version, fields=[*reply, "signature"])
    keep_form(referral)
    free_bed(referral, cleaning=True)
    return referral


def _wrong_reply(referral: Referral, reply: dict[str, str]) -> dict[str, Text]:
    """What is wrong with a return form, by field."""
    wrong: dict[str, Text] = {}
    if not reply["outcome"]:
        wrong["outcome"] = _("Write diagnosis and course: the branch goes on from here.")
    if not reply["advice"]:
        wrong["advice"] = _("Write what the branch should do next, or that nothing is needed.")
    return wrong | _wrong_follow_up(referral, reply)


def _wrong_follow_up(referral: Referral, reply: dict[str, str]) -> dict[str, Text]:
    """A plan follows, or none and why; a plan that came down is followed to its end."""
    wrong: dict[str, Text] = {}
    if reply["follow_up"] not in FollowUp.values:
        return {"follow_up": _("Say whether a plan follows.")}
    if reply["follow_up"] == FollowUp.PLAN:
        return {"no_plan": _("A plan follows: no reason against one.")} if reply["no_plan"] else {}
    if referral.plan.filter(state=ItemState.DUE).exists():
        return {"follow_up": _("A plan came down with this patient: it is followed to its end.")}
    if reply["no_plan"] not in NoPlan.values:
        wrong["no_plan"] = _("Say why no plan follows.")
    if not reply["no_plan_words"]:
        wrong["no_plan_words"] = _("Say why in a sentence.")
    return wrong


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
