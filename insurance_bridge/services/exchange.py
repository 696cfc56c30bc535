"""The worker's loop: lease, exchange, post; and what to do about an outcome nobody knows."""

import logging
from collections.abc import Callable, Mapping
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from insurance_bridge.adapters import centre as line
from insurance_bridge.choices import MONEY, MessageStatus
from insurance_bridge.conf import centre
from insurance_bridge.engine import envelope
from insurance_bridge.models import Message
from insurance_bridge.policies import MESSAGE
from insurance_bridge.services import days, messages, settlements, unknowns, visits
from kernel import audit, clock
from kernel.actor import Actor

logger = logging.getLogger(__name__)

Output = Mapping[str, Any]
Post = Callable[[Actor, Message, Output], None]

AT_ONCE: Final = 20
"""Messages that are taken in one go."""
POSTS: Final[Mapping[str, Post]] = {
    "1101": visits.post_person,
    "2401": settlements.post_opened,
    "2201": settlements.post_opened,
    "2301": settlements.post_fees,
    "2204": settlements.post_fees,
    "2304": settlements.post_settlement,
    "2207": settlements.post_settlement,
    "2305": settlements.post_cancellation,
    "2208": settlements.post_cancellation,
    "5203": unknowns.post_found,
    "3201": days.post_totals,
    "9101": days.post_upload,
    "3202": days.post_details,
    "9102": days.post_result,
}
REFUSALS: Final[Mapping[str, Callable[[Actor, Message, str], None]]] = {
    "1101": visits.refuse_person,
    "2401": settlements.refuse,
    "2201": settlements.refuse,
    "2301": settlements.refuse,
    "2204": settlements.refuse,
    "2304": settlements.refuse,
    "2207": settlements.refuse,
    "2305": settlements.refuse_cancellation,
    "2208": settlements.refuse_cancellation,
    "3201": days.refuse,
    "9101": days.refuse,
    "3202": days.refuse,
    "9102": days.refuse,
}


def advance_due(*, by: Actor) -> int:
    """Advance every due message one step; returns how many were taken. The worker calls it until it is 0."""
    taken = messages.lease(by=by, limit=AT_ONCE)
    for message in taken:
        _advance(by, message)
    return len(taken)


def _advance(by: Actor, message: Message) -> None:
    if message.status == MessageStatus.SUCCESS:
        post(by=by, message_id=message.pk)
    elif message.status != MessageStatus.COMMITTED and message.infno in MONEY:
        unknowns.look_for(by=by, message_id=message.pk)
    elif message.status != MessageStatus.COMMITTED:
        repeat(by=by, message_id=message.pk)
    else:
        send(by=by, message=message)


def send(*, by: Actor, message: Message) -> None:
    """One exchange and the posting of its answer; no transaction is open while the line is in use."""
    status, raw = line.exchange(centre(), messages.body_of(message))
    receive(by=by, message_id=message.pk, status=status, raw=raw)
    post(by=by, message_id=message.pk)


@transaction.atomic
def receive(*, by: Actor, message_id: Any, status: int, raw: bytes) -> None:
    """Store the raw answer and the judgement; its effect comes in the next transaction."""
    message = MESSAGE.fetch(by, "advance", message_id, lock=True)
    if message.posted_at or message.status in (MessageStatus.SUCCESS, MessageStatus.FAIL):
        return
    reply = envelope.read_reply(centre().secret, status, raw, msgid=message.msgid)
    messages.keep_reply(message, reply, raw)
    audit.record(by=by, action="insurance.answered", subject=message, detail={"outcome": reply.outcome.value})


@transaction.atomic
def post(*, by: Actor, message_id: Any) -> None:
    """Let a judged answer have its effect, once: the same answer twice posts once (I5)."""
    message = MESSAGE.fetch(by, "advance", message_id, lock=True)
    judged = (MessageStatus.SUCCESS, MessageStatus.FAIL, MessageStatus.QUARANTINE)
    if message.posted_at or message.status not in judged:
        return
    if message.status == MessageStatus.SUCCESS:
        POSTS[message.infno](by, message, messages.output_of(message))
    elif message.infno in REFUSALS:
        REFUSALS[message.infno](by, message, message.error)
    messages.finish(message)
    audit.record(by=by, action="insurance.posted", subject=message, detail={"infno": message.infno})


@transaction.atomic
def repeat(*, by: Actor, message_id: Any) -> None:
    """A transaction that moves no money and whose outcome is unknown is asked again with a new msgid."""
    message = MESSAGE.fetch(by, "advance", message_id, lock=True)
    if message.posted_at or message.status == MessageStatus.SUCCESS:
        return
    if message.attempts > 5 and clock.now() > message.deadline_at:
        message.status = MessageStatus.FAIL
        message.answered_at = clock.now()
        message.save(update_fields=["status", "answered_at"])
        if message.infno in REFUSALS:
            REFUSALS[message.infno](by, message, _("It did not answer. Ask again later."))
    else:
        messages.again(by=by, message=message)
    messages.finish(message)
    audit.record(by=by, action="insurance.repeated", subject=message, detail={"infno": message.infno})
