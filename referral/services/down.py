"""The down leg: a plan goes back to the branch, the branch follows it to its end."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kernel import clock, ids
from kernel.actor import Actor
from kernel.errors import Conflict, Invalid
from referral.choices import ConsentBasis, Direction, Event, ItemState, Priority, Status
from referral.models import PlanItem, Referral
from referral.policies import PLAN_ITEM, REFERRAL
from referral.services.drafting import next_number
from referral.services.signing import keep_form, sign
from referral.services.steps import ask_table, begin, done_before, fetch, said, step


@transaction.atomic
def start_down_leg(
    *,
    by: Actor,
    referral_id: UUID,
    version: int,
    key: str,
    plan: Sequence[tuple[str, date]],
    medicines: str,
) -> Referral:
    """Close an up leg by sending the patient back with a plan; answers the new down leg, submitted.

    Raises Invalid (422) without at least one plan item and the medicines (or a word that there are none).
    """
    if done_before(by, Event.START_DOWN_LEG, referral_id, key):
        up = REFERRAL.fetch(by, "view", referral_id)
        return up.children.get(direction=Direction.DOWN)
    up = fetch(by, Event.START_DOWN_LEG, referral_id)
    items = [(text.strip(), due) for text, due in plan if text.strip()]
    if not items:
        raise Invalid(fields={"plan": _("A down-referral carries a plan with at least one item.")})
    if not medicines.strip():
        raise Invalid(fields={"medicines": _("List the medicines, or write that there are none.")})
    step(by, up, Event.START_DOWN_LEG, version=version)
    down = _down_leg(by, up, medicines.strip())
    down.save(force_insert=True)
    PlanItem.objects.bulk_create(
        PlanItem(referral=down, place=place, text=text[:200], due_date=due)
        for place, (text, due) in enumerate(items, 1)
    )
    down.signature = sign(by, down)
    step(by, down, Event.SUBMIT, fields=["signature"])
    keep_form(down)
    return down


def _down_leg(by: Actor, up: Referral, medicines: str) -> Referral:
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
        treatment=medicines[:500],
        consent=ConsentBasis.PATIENT,
        opens_protected=up.opens_protected,
        created_at=now,
        submitted_at=now,
    )


@transaction.atomic
def start_rehab(*, by: Actor, referral_id: UUID, version: int, key: str) -> Referral:
    """The branch doctor takes the plan over."""
    referral, done = begin(by, Event.START_REHAB, referral_id, key, version)
    if done:
        return referral
    referral.receiving_doctor_id = by.id
    step(by, referral, Event.START_REHAB, version=version, fields=["receiving_doctor"])
    return referral


@transaction.atomic
def log_visit(
    *, by: Actor, item_id: UUID, version: int, key: str, result: str, waived: bool = False
) -> PlanItem:
    """Record what came of one plan item: done, or waived with the reason."""
    item = PLAN_ITEM.fetch(by, "log_visit", item_id, lock=True)
    if done_before(by, Event.LOG_VISIT, item_id, key):
        return item
    referral = fetch(by, Event.LOG_VISIT, item.referral_id)
    ask_table(referral, Event.LOG_VISIT, version)
    if item.state != ItemState.DUE:
        raise Conflict(_("This item is done already."), code="item_done")
    if not result.strip():
        raise Invalid(fields={"result": _("Write what was found, or why it is left out.")})
    item.state = ItemState.WAIVED if waived else ItemState.DONE
    item.result, item.done_at, item.done_by_id = result.strip()[:300], clock.now(), by.id
    item.save(update_fields=["state", "result", "done_at", "done_by"])
    step(by, referral, Event.LOG_VISIT, version=version, words=f"{item.text}: {item.result}")
    return item


@transaction.atomic
def finish_plan(*, by: Actor, referral_id: UUID, version: int, key: str) -> Referral:
    """Close a down leg whose every item is done or waived (invariant 10)."""
    referral, done = begin(by, Event.FINISH_PLAN, referral_id, key, version)
    if done:
        return referral
    if referral.plan.filter(state=ItemState.DUE).exists():
        raise Conflict(_("Items of the plan are still due."), code="plan_open")
    step(by, referral, Event.FINISH_PLAN, version=version)
    return referral


@transaction.atomic
def re_escalate(*, by: Actor, referral_id: UUID, version: int, key: str, reason: str) -> Referral:
    """The patient is worse: close the plan and send her up again by the green channel; answers the new up leg."""
    down, done = begin(by, Event.RE_ESCALATE, referral_id, key, version)
    if done:
        return down.children.get(direction=Direction.UP)
    words = said("reason", reason, _("Write why the patient is referred."))
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
