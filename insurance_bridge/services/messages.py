"""Commit a message, lease it, post its answer: three verbs, no network in any of them."""

import json
from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q

from consortium import selectors as consortium
from consortium.choices import IdentifierSystem
from insurance_bridge.choices import MONEY, MessageStatus
from insurance_bridge.conf import centre
from insurance_bridge.engine import envelope
from insurance_bridge.models import Message, Settlement, Visit
from kernel import audit, clock, crypto, ids, wake
from kernel.actor import Actor
from kernel.errors import Invalid

LEASE = timedelta(seconds=30)
PATIENCE = timedelta(seconds=3)
"""Wait before an unknown outcome is looked into, times the number of attempts."""
REQUEST, REPLY = "insurance_bridge_message.request", "insurance_bridge_message.reply"


def commit(
    *,
    by: Actor,
    infno: str,
    organisation_id: UUID,
    subject: UUID,
    data: Mapping[str, Any],
    visit: Visit | None = None,
    settlement: Settlement | None = None,
) -> Message:
    """Write a message down inside the caller's transaction: nothing leaves before it is committed (I1).

    Its msgid comes from a database sequence and stays unique for ever (I2); its bytes never change (I3).
    """
    now, place = clock.now(), centre()
    organisation = consortium.organisation(organisation_id)
    code = consortium.identifier(organisation_id, IdentifierSystem.INSURANCE)
    if not code:
        raise Invalid(code="no_insurance_code")
    header = envelope.Header(
        institution=code,
        institution_name=organisation.name,
        region=place.region,
        operator=by.name[:30],
        operator_name=(by.display or by.name)[:50],
        insured_region=visit.insured_region if visit else "",
    )
    msgid = envelope.message_id(code, clock.local(now), _serial())
    body = envelope.request(place.secret, header, infno=infno, msgid=msgid, at=clock.local(now), data=data)
    pk = ids.uuid7()
    message = Message.objects.create(
        id=pk,
        organisation_id=organisation_id,
        msgid=msgid,
        infno=infno,
        subject=subject,
        visit=visit,
        settlement=settlement,
        request=crypto.seal_bytes(REQUEST, pk, body),
        created_at=now,
        deadline_at=now + place.answer_within,
    )
    wake_worker()
    return message


def wake_worker() -> None:
    """Tell the worker, once this transaction stands, that a message is due."""
    transaction.on_commit(partial(wake.up, "insurance_bridge.tasks.advance"), robust=True)


def _serial() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('insurance_bridge_msgid')")
        (number,) = cursor.fetchone()
    return int(number)


@transaction.atomic
def lease(*, by: Actor, limit: int = 20) -> list[Message]:
    """Take messages that nobody works on, oldest first; a lease that ran out is free again (I16).

    The returned messages still have the status under which they were found: SENT means that an earlier worker
    was lost somewhere between sending and posting.
    """
    now = clock.now()
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=now)
    due = Q(status__in=[MessageStatus.COMMITTED, MessageStatus.SENT, MessageStatus.UNKNOWN])
    judged = Q(status=MessageStatus.SUCCESS, posted_at__isnull=True)
    rows = list(
        Message.objects.select_for_update(skip_locked=True)
        .filter(free, due | judged, posted_at__isnull=True)
        .order_by("created_at", "pk")[:limit]
    )
    for row in rows:
        status = MessageStatus.SENT if row.status == MessageStatus.COMMITTED else row.status
        Message.objects.filter(pk=row.pk).update(
            status=status, attempts=row.attempts + 1, lease_until=now + LEASE
        )
    if rows:
        audit.record(by=by, action="insurance.messages_leased", detail={"count": len(rows)})
    return rows


def body_of(message: Message) -> bytes:
    """The exact bytes of a request."""
    return crypto.unseal_bytes(REQUEST, message.pk, bytes(message.request))


def output_of(message: Message) -> Mapping[str, Any]:
    """The output node of a stored, accepted answer."""
    raw = crypto.unseal_bytes(REPLY, message.pk, bytes(message.reply or b""))
    return envelope.read_reply(centre().secret, 200, raw, msgid=message.msgid).output


def again(*, by: Actor, message: Message) -> Message:
    """The same question in a new message, with the tries so far and the first one's deadline. Never about money."""
    fresh = commit(
        by=by,
        infno=message.infno,
        organisation_id=message.organisation_id,
        subject=message.subject,
        data=json.loads(body_of(message))["input"],
        visit=message.visit,
        settlement=message.settlement,
    )
    fresh.attempts, fresh.deadline_at = message.attempts, message.deadline_at
    fresh.save(update_fields=["attempts", "deadline_at"])
    return fresh


def keep_reply(message: Message, reply: envelope.Reply, raw: bytes) -> None:
    """The raw answer is stored before it is posted (I5); the caller holds the row lock.

    "Accepted" without what was accepted proves neither a settlement nor its absence: where money moves the outcome
    is unknown, and the centre is asked.
    """
    empty = reply.outcome is envelope.Outcome.QUARANTINE and message.infno in MONEY
    unknown = empty or reply.outcome is envelope.Outcome.UNKNOWN
    message.reply = crypto.seal_bytes(REPLY, message.pk, raw)
    message.status = MessageStatus.UNKNOWN if unknown else MessageStatus(reply.outcome.value)
    message.reference = reply.reference[:30]
    message.error = reply.message[:200]
    message.answered_at = None if unknown else clock.now()
    message.lease_until = clock.now() + PATIENCE * message.attempts if unknown else None
    fields = ["reply", "status", "reference", "error", "answered_at", "lease_until"]
    message.save(update_fields=fields)


def finish(message: Message) -> None:
    """The message has had its effect, or has none to have."""
    message.posted_at = clock.now()
    message.answered_at = message.answered_at or message.posted_at
    message.lease_until = None
    message.save(update_fields=["posted_at", "answered_at", "lease_until"])
