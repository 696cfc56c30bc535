"""A hospital outside says something by telephone: somebody here writes it down for it, through the same table."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from consortium import selectors as consortium
from kernel import audit, clock, idempotency, ids
from kernel.actor import Actor
from kernel.errors import Conflict, Invalid
from referral.choices import TRANSITIONS, Event, Side, Status
from referral.models import Referral, Telephoned
from referral.policies import REFERRAL
from referral.selectors.outside.legs import telephoned_event
from referral.services.care.caring import admit, arrive, complete_care, refuse_on_arrival
from referral.services.care.ending import acknowledge, death
from referral.services.desk.answering import advise, request_info, revoke
from referral.services.desk.receiving import accept, reject
from referral.services.form.sending import supply_info, withdraw
from referral.services.way.moving import close_no_show, confirm_ready, start_transfer, turn_back

VERBS: Final[Mapping[Event, Callable[..., Referral]]] = {
    Event.ACCEPT: accept, Event.REQUEST_INFO: request_info, Event.REJECT: reject, Event.ADVISE: advise,
    Event.REVOKE: revoke, Event.ARRIVE: arrive, Event.ADMIT: admit, Event.REFUSE_ON_ARRIVAL: refuse_on_arrival,
    Event.COMPLETE_CARE: complete_care, Event.SUPPLY_INFO: supply_info, Event.WITHDRAW: withdraw,
    Event.TURN_BACK: turn_back, Event.ACKNOWLEDGE: acknowledge, Event.DEATH: death, Event.CONFIRM_READY: confirm_ready,
    Event.START_TRANSFER: start_transfer, Event.CLOSE_NO_SHOW: close_no_show,
}  # fmt: skip
NO_PLAN_THERE: Final = {
    "follow_up": "none",
    "no_plan": "other",
    "no_plan_words": "县外医院出院，未附下转方案",
}
"""A hospital outside sends a reply, no plan of ours: the branch plans itself."""


def outside_of(referral: Referral) -> UUID | None:
    """The side of a leg that is a hospital outside."""
    for place in (referral.target_id, referral.source_id):
        if consortium.is_outside(place):
            return place
    return None


def in_its_place(by: Actor, referral: Referral, event: Event, place: UUID) -> Actor:
    """The actor on the side of the hospital outside, in the posts the table names for this step. Raises Conflict (409)
    when the step is not in the table, or not that side's."""
    taken = TRANSITIONS.get((Status(referral.status), event))
    sides = {referral.source_id: Side.SENDER, referral.target_id: Side.RECEIVER}
    if taken is None or taken.side not in (sides[place], Side.EITHER):
        raise Conflict(
            _("In its present state this step is not possible."),
            code="illegal_step",
            detail={"status": referral.status, "event": event.value},
        )
    return replace(
        by, organisation=place, organisations=frozenset({place}), department=None, post=None,
        roles=frozenset(taken.roles),
    )  # fmt: skip


@transaction.atomic
def telephoned(
    *,
    by: Actor,
    referral_id: UUID,
    event: str,
    version: int,
    key: str,
    told_by: str,
    told_at: datetime | None = None,
    said: Mapping[str, Any] | None = None,
    words: str = "",
) -> Referral:
    """Write down what a hospital outside has said: `event` with its input `said`, by whom there and when.

    Raises Invalid (422) without a name or for a moment to come, Conflict (409) for a step that is not its to take.
    """
    referral = REFERRAL.fetch(by, "telephone", referral_id, lock=True)
    if idempotency.first(by=by, verb="referral.telephoned", key=key, subject=referral_id):
        return referral
    step = telephoned_event(event)
    at, place = told_at or clock.now(), outside_of(referral)
    if not told_by.strip():
        raise Invalid(fields={"told_by": _("Say who told it: name and post there.")})
    if at > clock.now():
        raise Invalid(fields={"told_at": _("This moment is still to come.")})
    if place is None:
        raise Conflict(_("Both sides of this referral answer for themselves."), code="nobody_outside")
    actor = in_its_place(by, referral, step, place)
    given = {**(NO_PLAN_THERE if step == Event.COMPLETE_CARE else {}), **(said or {})}
    leg = VERBS[step](by=actor, referral_id=referral_id, version=version, key="", **given)
    Telephoned.objects.create(
        id=ids.uuid7(),
        referral=leg,
        version=leg.version,
        told_by=told_by.strip()[:120],
        told_at=at,
        words=words.strip()[:500],
        written_by_id=by.person,
        written_at=clock.now(),
    )
    audit.record(by=by, action="referral.telephoned", subject=leg, patient=leg.patient_id)
    return leg
