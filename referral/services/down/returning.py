"""The down leg: medicines and a plan go back to the branch; and up again when it gets worse."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from emr.formulary import selectors as formulary
from kernel import clock, ids
from kernel.actor import Actor
from kernel.errors import Conflict, Invalid, Text
from referral.choices import (
    LONGEST_STEP,
    MOST_ITEMS,
    NO_MEDICINES,
    ConsentBasis,
    Direction,
    Drug,
    Event,
    FollowUp,
    ItemKind,
    PlanLine,
    Priority,
    Status,
)
from referral.models import Medicine, PlanItem, Referral
from referral.policies import REFERRAL
from referral.selectors.criteria.table import Answers
from referral.services.form.drafting import next_number
from referral.services.form.judging import contradiction, judge
from referral.services.form.signing import keep_form, sign
from referral.services.leg.steps import ask_table, begin, done_before, fetch, said, step

RETURNED = ("record_number", "results", "course", "rehabilitation")
"""Columns of the return form that go down as the hospital wrote them."""


@transaction.atomic
def start_down_leg(
    *,
    by: Actor,
    referral_id: UUID,
    version: int,
    key: str,
    plan: Sequence[PlanLine],
    medicines: Sequence[Drug],
    no_medicines: bool = False,
    supply: str = "",
    criteria: Answers | None = None,
    override: str = "",
) -> Referral:
    """Close an up leg by sending the patient back with a plan; answers the new down leg, submitted.

    `criteria`: what was answered beside the form; what the rules say of going down is kept with the leg and signed.
    Raises Invalid (422) without a plan item, without medicines (or the word that there are none), for a drug the
    branch is known not to have unless `supply` says how the patient gets it, and against the rules without a reason.
    """
    if done_before(by, Event.START_DOWN_LEG, referral_id, key):
        up = REFERRAL.fetch(by, "view", referral_id)
        return up.children.get(direction=Direction.DOWN)
    up = fetch(by, Event.START_DOWN_LEG, referral_id)
    ask_table(up, Event.START_DOWN_LEG, version)
    drugs = [drug for drug in medicines if drug.name.strip()]
    down = _down_leg(by, up, drugs, supply.strip())
    judge(by, down, criteria, override)
    wrong = _wrong_plan(plan) | _wrong_drugs(up.source_id, drugs, no_medicines, supply) | contradiction(down)
    if wrong:
        raise Invalid(fields=wrong)
    up.follow_up, up.no_plan, up.no_plan_words = FollowUp.PLAN, "", ""
    fields = ["follow_up", "no_plan", "no_plan_words"]
    step(by, up, Event.START_DOWN_LEG, version=version, fields=fields)
    down.save(force_insert=True)
    Medicine.objects.bulk_create(
        Medicine(referral=down, place=place, name=one.name, dose=one.dose, often=one.often, long=one.long)
        for place, one in enumerate(drugs, 1)
    )
    add_items(down, plan)
    down.signature = sign(by, down)
    step(by, down, Event.SUBMIT, fields=["signature"])
    keep_form(down)
    return down


def _wrong_plan(plan: Sequence[PlanLine]) -> dict[str, Text]:
    return {} if any(line.text.strip() for line in plan) else {
        "plan": _("A down-referral carries a plan with at least one item.")
    }  # fmt: skip


def _wrong_drugs(branch_id: UUID, drugs: Sequence[Drug], no_medicines: bool, supply: str) -> dict[str, Text]:
    """What is wrong with the medicines, by field."""
    if not drugs and not no_medicines:
        return {"no_medicines": _("List the medicines, or tick that there are none.")}
    if any(len(one.name) > 80 or max(map(len, (one.dose, one.often, one.long))) > 40 for one in drugs):
        return {"medicines": _("Name a drug in 80 characters, dose and how often in 40 each.")}
    if drugs and no_medicines:
        return {"no_medicines": _("Medicines are listed: take the tick away, or the medicines.")}
    known = formulary.supply(branch_id, [drug.name for drug in drugs])
    missing = [name for name, answer in known.items() if answer.missing]
    if missing and not supply.strip():
        words = _(
            "The branch does not have %(drugs)s. Write how the patient gets it, or choose another drug."
        )
        return {"supply": words % {"drugs": "、".join(missing)}}
    return {}


def add_items(referral: Referral, plan: Sequence[PlanLine]) -> None:
    """Put the lines into the plan, once for each day they are due.

    Raises Invalid (422) for a day that is over, an unknown kind, or more than the plan can hold.
    """
    lines = [line for line in plan if line.text.strip()]
    for line in lines:
        if line.due_date < clock.today():
            raise Invalid(fields={"plan": _("%(item)s: this day is over.") % {"item": line.text}})
        repeats = line.times == 1 or (1 < line.times <= MOST_ITEMS and 0 < line.every_days <= LONGEST_STEP)
        if line.kind not in ItemKind.values or not repeats:
            raise Invalid(fields={"plan": _("%(item)s: say how often it is repeated.") % {"item": line.text}})
    here = referral.plan.count()
    rows = [(line, turn, day) for line in lines for turn, day in enumerate(line.days, 1)]
    if here + len(rows) > MOST_ITEMS:
        raise Invalid(fields={"plan": _("A plan holds at most %(n)d items.") % {"n": MOST_ITEMS}})
    rows.sort(key=lambda row: row[2])
    PlanItem.objects.bulk_create(
        PlanItem(
            referral=referral,
            place=place,
            kind=line.kind,
            text=line.text.strip()[:200],
            turn=turn,
            turns=line.times,
            due_date=day,
        )
        for place, (line, turn, day) in enumerate(rows, here + 1)
    )


def _down_leg(by: Actor, up: Referral, drugs: Sequence[Drug], supply: str) -> Referral:
    now = clock.now()
    return Referral(
        id=ids.uuid7(),
        number=next_number(Direction.DOWN),
        patient_id=up.patient_id,
        direction=Direction.DOWN,
        parent=up,
        source_id=up.target_id,
        source_department_id=up.department_id,
        target_id=up.source_id,
        doctor_id=by.person,
        status=Status.DRAFT,
        priority=up.priority,
        encounter_id=up.care_encounter_id,
        diagnosis_code=up.diagnosis_code,
        diagnosis=up.diagnosis,
        reason=up.advice[:200],
        history=up.outcome,
        treatment="；".join(str(drug) for drug in drugs)[:2000] or NO_MEDICINES,
        supply=supply[:300],
        consent=ConsentBasis.PATIENT,
        opens_protected=up.opens_protected,
        created_at=now,
        submitted_at=now,
        **{name: getattr(up, name) for name in RETURNED},
    )


@transaction.atomic
def re_escalate(*, by: Actor, referral_id: UUID, version: int, key: str, reason: str) -> Referral:
    """The patient is worse: close the plan and send her up again by the green channel; answers the new up leg."""
    down, done = begin(by, Event.RE_ESCALATE, referral_id, key, version)
    if done:
        return down.children.get(direction=Direction.UP)
    words = said("reason", reason, _("Write why the patient is referred."))
    if down.patient.person.deceased_at:
        raise Conflict(_("The patient has died."), code="deceased")
    step(by, down, Event.RE_ESCALATE, version=version, words=words)
    up = _up_again(by, down, words)
    up.save(force_insert=True)
    up.signature = sign(by, up)
    step(by, up, Event.SUBMIT, words=down.number, fields=["signature"])
    keep_form(up)
    return up


def _up_again(by: Actor, down: Referral, reason: str) -> Referral:
    now = clock.now()
    return Referral(
        id=ids.uuid7(),
        number=next_number(Direction.UP),
        patient_id=down.patient_id,
        direction=Direction.UP,
        parent=down,
        source_id=down.target_id,
        target_id=down.source_id,
        department_id=down.source_department_id,
        doctor_id=by.person,
        priority=Priority.URGENT,
        diagnosis_code=down.diagnosis_code,
        diagnosis=down.diagnosis,
        reason=reason[:200],
        history=down.history,
        treatment=down.treatment,
        consent=ConsentBasis.PATIENT,
        opens_protected=down.opens_protected,
        created_at=now,
        submitted_at=now,
    )
