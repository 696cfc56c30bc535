"""The branch follows the plan: takes it over, records visits, finishes it."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from consortium import selectors as consortium
from consortium.choices import Role
from emr.chart import services as chart
from emr.chart.choices import VITALS, Certainty, EncounterKind
from kernel import clock
from kernel.actor import Actor
from kernel.errors import Conflict, Invalid
from referral.choices import Event, ItemState, PlanLine, Way
from referral.models import PlanItem, Referral
from referral.policies import PLAN_ITEM
from referral.selectors.down.readings import arrows, at_once, with_readings
from referral.services.down.returning import add_items
from referral.services.leg.steps import ask_table, begin, done_before, fetch, step

NOTHING: Final[Mapping[str, Decimal]] = MappingProxyType({})
KINDS: Final = {
    Way.PHONE: EncounterKind.VIRTUAL,
    Way.HOME: EncounterKind.HOME,
    Way.CLINIC: EncounterKind.AMBULATORY,
}


@transaction.atomic
def start_rehab(
    *,
    by: Actor,
    referral_id: UUID,
    version: int,
    key: str,
    responsible_id: UUID | None = None,
    team: str = "",
    plan: Sequence[PlanLine] = (),
) -> Referral:
    """The branch takes the plan over, also after a stay in its own ward: a doctor of the branch is responsible
    (the actor where none is named) and may add items of the branch's own.

    Raises Invalid (422) for somebody who is no doctor of this branch, Conflict (409) for a leg without any plan.
    """
    referral, done = begin(by, Event.START_REHAB, referral_id, key, version)
    if done:
        return referral
    referral.receiving_doctor_id = _responsible(by, referral, responsible_id)
    referral.team = team.strip()[:60]
    add_items(referral, plan)
    if not referral.plan.exists():
        raise Conflict(_("There is no plan yet: write at least one item."), code="plan_missing")
    step(by, referral, Event.START_REHAB, version=version, fields=["receiving_doctor", "team"])
    return referral


def _responsible(by: Actor, referral: Referral, doctor_id: UUID | None) -> UUID:
    if doctor_id is None or doctor_id == by.person:
        return by.person
    if doctor_id not in consortium.holders(Role.BRANCH_DOCTOR, referral.target_id):
        raise Invalid(fields={"responsible": _("Choose a doctor of this institution.")})
    return doctor_id


@transaction.atomic
def log_visit(
    *,
    by: Actor,
    item_id: UUID,
    version: int,
    key: str,
    result: str,
    waived: bool = False,
    unreached: bool = False,
    way: str = Way.CLINIC,
    readings: Mapping[str, Decimal] = NOTHING,
) -> PlanItem:
    """Record what came of one plan item: done, or waived with the reason; `unreached` leaves it due.

    A done item is a visit in the branch's own record, with the readings (by the names of vital signs) as Observations
    and, with arrows, behind the words; one that asks to refer up at once marks the item. Raises Invalid (422) without
    words or with a reading nobody can have.
    """
    item = PLAN_ITEM.fetch(by, "log_visit", item_id, lock=True)
    if done_before(by, Event.LOG_VISIT, item_id, key):
        return item
    referral = fetch(by, Event.LOG_VISIT, item.referral_id)
    ask_table(referral, Event.LOG_VISIT, version)
    if item.state != ItemState.DUE:
        raise Conflict(_("This item is done already."), code="item_done")
    words = _words(result, way, readings, ends=waived or unreached)
    if not unreached:
        told = arrows(readings)
        words = with_readings(words, readings, told)
        item.danger = at_once(told)
        item.state = ItemState.WAIVED if waived else ItemState.DONE
        item.result, item.way, item.done_at, item.done_by_id = words, way, clock.now(), by.id
        item.encounter_id = "" if waived else _visit(by, referral, item, readings)
        item.save(update_fields=["state", "way", "result", "encounter_id", "done_at", "done_by", "danger"])
    line = f"{item.text}: {_('not reached') + ' ' if unreached else ''}{words}"
    step(by, referral, Event.LOG_VISIT, version=version, words=line)
    return item


def _words(result: str, way: str, readings: Mapping[str, Decimal], *, ends: bool) -> str:
    """The result, trimmed. Raises Invalid (422) for what cannot be recorded."""
    if not result.strip():
        raise Invalid(fields={"result": _("Write what was found, or why it is left out.")})
    if way not in Way.values:
        raise Invalid(fields={"way": _("Choose one.")})
    if set(readings) - set(VITALS) or (ends and readings):
        raise Invalid(fields={"readings": _("Readings belong to a visit that was made.")})
    return result.strip()[:300]


def _visit(by: Actor, referral: Referral, item: PlanItem, readings: Mapping[str, Decimal]) -> str:
    own = chart.adopt(by=by, key="", patient_id=referral.patient_id)
    return chart.record_encounter(
        by=by,
        key="",
        patient_id=own.pk,
        complaint=f"随访：{item.text}"[:200],
        diagnoses=[(referral.diagnosis_code or None, referral.diagnosis, Certainty.CONFIRMED)],
        kind=KINDS[Way(item.way)],
        plan=item.result,
        vitals=readings,
        codes_stand=True,
    )


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
