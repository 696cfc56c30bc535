"""A message that moves money and whose outcome nobody knows: found at the centre and adopted, or proved absent
and sent again with the same bytes. Never both (I6, I7)."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from insurance_bridge.choices import CANCEL, SETTLEMENT_STEPS, MessageStatus, SettlementEvent
from insurance_bridge.conf import centre
from insurance_bridge.models import Message, Settlement
from insurance_bridge.policies import MESSAGE, SETTLEMENT
from insurance_bridge.services import messages, settlements
from kernel import audit, clock, idempotency
from kernel.actor import Actor
from kernel.workflow import move

QUERY = "5203"
NEXT_LOOK = timedelta(seconds=30)


@transaction.atomic
def look_for(*, by: Actor, message_id: UUID) -> None:
    """Ask the centre for the settlements of the visit (5203), unless that question is already under way."""
    lost = MESSAGE.fetch(by, "advance", message_id, lock=True)
    if lost.posted_at or lost.status not in (MessageStatus.SENT, MessageStatus.UNKNOWN):
        return
    asked = MESSAGE.rows(by, "advance").filter(infno=QUERY, subject=lost.pk, posted_at__isnull=True)
    if not asked.exists() and lost.visit is not None:
        data = {"psn_no": lost.visit.psn_no, "setl_id": "", "mdtrt_id": lost.visit.mdtrt_id}
        messages.commit(
            by=by,
            infno=QUERY,
            organisation_id=lost.organisation_id,
            subject=lost.pk,
            data={"data": data},
            visit=lost.visit,
            settlement=lost.settlement,
        )
    lost.status = MessageStatus.UNKNOWN
    lost.lease_until = clock.now() + NEXT_LOOK
    lost.save(update_fields=["status", "lease_until"])
    audit.record(by=by, action="insurance.lost_message_looked_for", subject=lost)


def post_found(by: Actor, message: Message, output: Mapping[str, Any]) -> None:
    """The answer to 5203: our msgid among the settlements means adopt; absent after the window means resend."""
    lost = MESSAGE.fetch(by, "advance", message.subject, lock=True)
    if lost.posted_at or lost.status != MessageStatus.UNKNOWN:
        return
    found = next((each for each in output["setlinfo"] if each["medins_setl_id"] == lost.msgid), None)
    if found is not None:
        _adopt(by, lost, found)
    elif clock.now() >= lost.created_at + centre().late_commit:
        lost.status, lost.lease_until = MessageStatus.COMMITTED, None
        lost.save(update_fields=["status", "lease_until"])
        audit.record(by=by, action="insurance.proved_absent", subject=lost)
    else:
        lost.lease_until = lost.created_at + centre().late_commit
        lost.save(update_fields=["lease_until"])
        audit.record(by=by, action="insurance.not_found_yet", subject=lost)


@transaction.atomic
def look_again(*, by: Actor, key: str, settlement_id: UUID, version: int) -> Settlement:
    """Have the centre asked (5203) what it holds of a settlement whose answer was set aside (回信待查).

    What it holds is adopted where it adds up and set aside again where not; proved absent, the settlement is sent
    again. Raises Conflict when the settlement has moved on.
    """
    settlement = SETTLEMENT.fetch(by, "look_again", settlement_id, lock=True)
    if idempotency.first(by=by, verb="insurance.look_again", key=key, subject=settlement.pk):
        return settlement
    move(settlement, SettlementEvent.LOOK_AGAIN, SETTLEMENT_STEPS, version=version)
    settlement.save(update_fields=["status", "version"])
    aside = settlement.messages.select_for_update().filter(status=MessageStatus.QUARANTINE)
    lost = aside.latest("created_at")
    lost.status, lost.answered_at, lost.posted_at, lost.lease_until = MessageStatus.UNKNOWN, None, None, None
    lost.save(update_fields=["status", "answered_at", "posted_at", "lease_until"])
    audit.record(by=by, action="insurance.looked_again", subject=settlement)
    messages.wake_worker()
    return settlement


def _adopt(by: Actor, lost: Message, found: Mapping[str, Any]) -> None:
    post = settlements.post_cancellation if lost.infno in CANCEL.values() else settlements.post_settlement
    lost.status, lost.answered_at = MessageStatus.SUCCESS, clock.now()
    lost.save(update_fields=["status", "answered_at"])
    post(by, lost, {"setlinfo": found})
    messages.finish(lost)
    audit.record(by=by, action="insurance.adopted", subject=lost)
