"""A hospital outside has taken our reply: that is its word that it knows, and the leg is closed in its name.

The profile has no message that says "read"; what it has is the answer to a message (200: taken in). A hospital
outside without an address is telephoned, and somebody here writes down that it knows (`telephoned`, `acknowledge`). So
each leg from outside can be closed, and the closure rate counts it as the paper does: all but those withdrawn and
rejected.
"""

from uuid import UUID

from kernel.actor import Actor, Kind
from referral.choices import Activity, Event, FollowUp, Status
from referral.models import PeerMessage, Referral
from referral.services.care.ending import acknowledge
from referral.services.outside.telephoning import in_its_place


def program_of(organisation_id: UUID) -> Actor:
    """A hospital outside as its own program: it reads by its grounds, labels and restrictions, and no other way."""
    return Actor(
        kind=Kind.CLIENT, name="referral.message", id=organisation_id, organisation=organisation_id,
        organisations=frozenset({organisation_id}), roles=frozenset({"api_client"}), clearance=5,
    )  # fmt: skip


def close_by_taking(message: PeerMessage) -> None:
    """`message` was taken: where it carried the reply to the hospital that had sent the patient, the leg is closed, in
    the same transaction. A plan that follows is sent first."""
    if message.activity != Activity.RECORD or message.referral_id is None:
        return
    leg = Referral.objects.select_for_update(of=("self",)).get(pk=message.referral_id)
    waits = leg.status == Status.CARE_COMPLETED and leg.follow_up != FollowUp.PLAN
    if not waits or leg.source_id != message.organisation_id:
        return
    by = in_its_place(program_of(leg.source_id), leg, Event.ACKNOWLEDGE, leg.source_id)
    acknowledge(by=by, referral_id=leg.pk, version=leg.version, key="")
