"""Text messages to patients: one row per event and telephone, sent apart from what they tell of.

Three steps, as with every other house: take what is due (committed), ask the gateway (no transaction is open), write
the answer down. A gateway that is down delays a message and nothing else.
"""

import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils import translation

from consortium.choices import TextState
from consortium.gateways import Gateway, NotTaken, Unanswered, gateway, words_of
from consortium.models import TextMessage
from consortium.selectors.news.texts import SEALED
from kernel import audit, clock, crypto, ids
from kernel.actor import Actor

log = logging.getLogger(__name__)

LANGUAGE: Final = "zh-hans"
"""Patients are written to in Chinese, whatever language a desk reads."""
AT_ONCE: Final = 50
LEASE: Final = timedelta(minutes=2)
LONGEST: Final = timedelta(minutes=30)
STALE: Final = timedelta(hours=24)
"""After so long a message tells nothing that helps; it is given up."""


@transaction.atomic
def text(
    *, by: Actor, key: str, telephone: str, template: str, values: Mapping[str, Any], patient_id: UUID | None
) -> bool:
    """Queue one message, once per `key` and telephone; whether it was queued now."""
    row = TextMessage(
        id=ids.uuid7(),
        key=key,
        template=template,
        values=dict(values),
        telephone_key=crypto.blind(SEALED, telephone),
        patient_id=patient_id,
        due_at=clock.now(),
        created_at=clock.now(),
    )
    row.telephone_sealed = crypto.seal(SEALED, row.pk, telephone)
    TextMessage.objects.bulk_create([row], ignore_conflicts=True)
    fresh = TextMessage.objects.filter(pk=row.pk).exists()
    if fresh:
        audit.record(by=by, action="consortium.text_queued", subject=row, patient=patient_id)
    return fresh


def send_texts(*, by: Actor) -> int:
    """Hand what is due to the gateway; how many messages it took. Without a gateway nothing is tried."""
    carrier = gateway()
    if carrier is None:
        return 0
    return sum(_send(by, carrier, row) for row in _lease())


def _send(by: Actor, carrier: Gateway, row: TextMessage) -> bool:
    telephone = crypto.unseal(SEALED, row.pk, row.telephone_sealed)
    with translation.override(LANGUAGE):
        words = words_of(row.template, row.values)
    try:
        answer = carrier.send(id=row.pk, telephone=telephone, text=words)
    except NotTaken as refusal:
        _give_up(by, row, f"refused: {refusal}")
        return False
    except Unanswered as silence:
        _wait(by, row, str(silence))
        return False
    _keep(by, row, answer)
    return True


@transaction.atomic
def _lease() -> list[TextMessage]:
    """Messages that are due; a lost worker's come up again when its lease is over."""
    due = TextMessage.objects.select_for_update(skip_locked=True).filter(
        state=TextState.DUE, due_at__lte=clock.now()
    )
    rows = list(due.order_by("due_at", "pk")[:AT_ONCE])
    TextMessage.objects.filter(pk__in=[row.pk for row in rows]).update(due_at=clock.now() + LEASE)
    return rows


@transaction.atomic
def _keep(by: Actor, row: TextMessage, answer: str) -> None:
    waiting = TextMessage.objects.filter(pk=row.pk, state=TextState.DUE)
    done = {"state": TextState.SENT, "sent_at": clock.now(), "due_at": None, "answer": answer, "problem": ""}
    if waiting.update(attempts=row.attempts + 1, **done):
        audit.record(by=by, action="consortium.text_sent", subject=row, patient=row.patient_id)


def _wait(by: Actor, row: TextMessage, reason: str) -> None:
    """Try again later, ever more slowly, and give up when the news is stale."""
    if clock.now() - row.created_at > STALE:
        _give_up(by, row, reason)
        return
    tries = row.attempts + 1
    log.warning("text message %s is not sent (try %s): %s", row.pk, tries, reason)
    pause = min(LONGEST, timedelta(seconds=5) * 2 ** min(tries, 16))
    TextMessage.objects.filter(pk=row.pk, state=TextState.DUE).update(
        attempts=tries, due_at=clock.now() + pause, problem=reason[:200]
    )


@transaction.atomic
def _give_up(by: Actor, row: TextMessage, reason: str) -> None:
    waiting = TextMessage.objects.filter(pk=row.pk, state=TextState.DUE)
    if waiting.update(state=TextState.FAILED, due_at=None, attempts=row.attempts + 1, problem=reason[:200]):
        audit.record(by=by, action="consortium.text_given_up", subject=row, patient=row.patient_id)
