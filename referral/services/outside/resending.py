"""A message that was not taken is sent again by hand."""

from functools import partial
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kernel import audit, clock, idempotency, wake
from kernel.actor import Actor
from kernel.errors import Conflict
from referral.choices import Bound, MessageState
from referral.models import PeerMessage
from referral.policies import MESSAGE
from referral.services.outside.dispatching import TASK


@transaction.atomic
def resend(*, by: Actor, message_id: UUID, key: str) -> PeerMessage:
    """Send a refused or waiting message again now, under the same id.

    Raises Conflict (409) for one that was taken, that came from there, or that a later one of the same leg has
    overtaken: what it says is no longer so.
    """
    message = MESSAGE.fetch(by, "resend", message_id, lock=True)
    if idempotency.first(by=by, verb="referral.resend", key=key, subject=message_id):
        return message
    if message.way != Bound.OUT or message.state == MessageState.TAKEN:
        raise Conflict(_("This message is not to be sent again."), code="not_to_resend")
    if _overtaken(message):
        raise Conflict(
            _("A later message about this referral was taken already: this one is out of date."),
            code="overtaken",
        )
    message.state, message.due_at, message.settled_at = MessageState.DUE, clock.now(), None
    message.save(update_fields=["state", "due_at", "settled_at"])
    audit.record(by=by, action="referral.message_resent", subject=message)
    transaction.on_commit(partial(wake.up, TASK), robust=True)
    return message


def _overtaken(message: PeerMessage) -> bool:
    later = PeerMessage.objects.filter(
        referral=message.referral_id, organisation=message.organisation_id, way=Bound.OUT,
        activity=message.activity, state=MessageState.TAKEN, created_at__gt=message.created_at,
    )  # fmt: skip
    return later.exists()
