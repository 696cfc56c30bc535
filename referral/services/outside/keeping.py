"""Messages that came in are kept as they came: those taken, and those refused, so that nobody waits for nothing."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

import orjson
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from consortium import selectors as places
from consortium import services as consortium
from consortium.choices import NoticeLevel, Role
from consortium.services import Recipients
from kernel import audit, clock, crypto, ids
from kernel.actor import Actor
from kernel.errors import DomainError, Invalid
from kernel.said import phrase
from referral.choices import BODY, Bound, MessageState
from referral.fhir import reading
from referral.fhir.reading import Said
from referral.models import PeerMessage, Referral

LARGEST: Final = 512 * 1024
"""Bytes of a refused message that are kept; of a larger one only that it came."""


def kept(
    by: Actor,
    pk: UUID,
    said: Said,
    bundle: Mapping[str, Any],
    leg: Referral | None,
    state: MessageState,
    answer: str = "",
) -> PeerMessage:
    """The row of a message that came in: one for each header, taken in the end or refused so far."""
    now, body = clock.now(), orjson.dumps(bundle)
    if state == MessageState.REFUSED and len(body) > LARGEST:
        body = b""
    known = PeerMessage.objects.filter(organisation=by.organisation, way=Bound.IN, header=said.id)
    row = known.select_for_update().first() or PeerMessage(
        id=pk, organisation_id=by.place, way=Bound.IN, header=said.id, created_at=now
    )
    row.referral, row.activity, row.state, row.answer = leg, said.activity, state, answer[:300]
    row.body_sealed, row.settled_at = crypto.seal_bytes(BODY, row.pk, body), now
    row.attempts += 1
    row.save()
    return row


@transaction.atomic
def keep_refused(*, by: Actor, bundle: Mapping[str, Any], why: DomainError) -> PeerMessage | None:
    """A message of a hospital outside was not taken: it is kept with the reason, and the referral centre hears of it.

    None for what is no message of one, or a repetition of one that was taken.
    """
    if by.organisation is None or not places.is_outside(by.organisation):
        return None
    try:
        said = reading.said(bundle)
    except Invalid:
        return None
    if PeerMessage.objects.filter(
        organisation=by.organisation, way=Bound.IN, header=said.id, state=MessageState.TAKEN
    ).exists():
        return None
    words = " ".join([str(why.message), *(str(one) for one in why.fields.values())])
    row = kept(by, ids.uuid7(), said, bundle, _named(by, said), MessageState.REFUSED, words)
    audit.record(by=by, action="referral.message_refused", subject=row, detail={"code": why.code})
    _tell(by, row)
    return row


def _named(by: Actor, said: Said) -> Referral | None:
    """The leg with this hospital that the message names, where it names one."""
    pk = reading.leg_of(said)
    leg = Referral.objects.filter(pk=pk).first() if pk else None
    return leg if leg is not None and by.organisation in (leg.source_id, leg.target_id) else None


def _tell(by: Actor, row: PeerMessage) -> None:
    consortium.notify(
        by=by,
        key=f"referral:message:{row.pk}",
        recipients=Recipients(role=Role.COORDINATOR, organisation=places.head_hospital().pk),
        level=NoticeLevel.TASK,
        title=phrase(
            _("A message of %(name)s was refused: telephone them"),
            name=places.organisation_name(row.organisation_id),
        ),
        body=row.answer,
        url=reverse("referral:message", args=[row.pk]),
    )
