"""The urgency of a leg changes: with a reason, an entry of its own, and due times reckoned anew (invariant 8)."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from emr.capacity import selectors as capacity
from kernel import clock
from kernel.actor import Actor
from kernel.errors import Invalid
from referral.choices import CHANGEABLE, URGENCY, Aside, Priority, Status
from referral.models import PriorityChange, Referral
from referral.services.leg.asides import aside, begin_aside
from referral.services.leg.standing import source_of
from referral.services.leg.steps import said
from referral.services.leg.timing import due_after


@transaction.atomic
def prioritise(
    *, by: Actor, referral_id: UUID, version: int, key: str, priority: str, reason: str
) -> Referral:
    """Change the urgency of a leg that waits: the sending side raises it, the receiving side judges it either way.

    A raised leg is due no later than before; a lowered one is given the time of its new urgency from now. Raises
    Conflict (409) when the leg has moved on or is there already, Invalid (422) without a reason.
    """
    referral, done = begin_aside(by, "prioritise", referral_id, key, version, _changeable)
    if done:
        return referral
    fields = reprioritise(by, referral, priority, reason)
    if not fields:
        raise Invalid(fields={"priority": _("The referral has this urgency already.")})
    aside(by, referral, Aside.PRIORITISED, fields=fields)
    return referral


def _changeable(referral: Referral) -> bool:
    return Status(referral.status) in CHANGEABLE


def reprioritise(
    by: Actor, referral: Referral, priority: str, reason: str, *, field: str = "reason"
) -> list[str]:
    """Set a leg's urgency inside a verb that saves it with its next version; answers the columns that changed, none
    when it stays as it is. For a verb that moves the leg on, the step reckons the new state's time itself.

    Raises Invalid (422) without a reason, or when the sending side would lower it.
    """
    if priority == referral.priority:
        return []
    if priority not in Priority.values:
        raise Invalid(fields={"priority": _("Choose the urgency.")})
    words = said(field, reason, _("Say why the urgency changes."))[:200]
    raised = URGENCY.index(Priority(priority)) > URGENCY.index(Priority(referral.priority))
    if not raised and referral.target_id not in by.organisations:
        raise Invalid(fields={"priority": _("Only the receiving side lowers the urgency: phone it.")})
    before, due_before, now = referral.priority, referral.due_at, clock.now()
    referral.priority = priority
    kept = capacity.span_of(source_of(referral))
    due = due_after(referral, now, kept[1] if kept else None)
    if raised and due is not None and due_before is not None:
        due = min(due, due_before)
    referral.due_at = referral.call_at = due
    PriorityChange.objects.create(
        referral=referral,
        version=referral.version + 1,
        before=before,
        after=priority,
        reason=words,
        staff_id=by.person,
        organisation_id=by.place,
        happened_at=now,
        due_before_at=due_before,
        due_at=due,
    )
    return ["priority", "due_at", "call_at"]
