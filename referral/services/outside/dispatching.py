"""Messages to hospitals outside, in three steps: committed, exchanged, answered. A dead peer holds nobody back."""

import json
from datetime import timedelta
from functools import partial
from typing import Any, Final
from uuid import UUID, uuid5

import orjson
from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from consortium import services as consortium
from consortium.choices import NoticeLevel, Role
from consortium.selectors import organisation_names
from consortium.services import Recipients
from emr.capacity import selectors as capacity
from emr.repository import selectors as repository
from kernel import audit, clock, crypto, ids, wake
from kernel.actor import Actor
from kernel.errors import Text
from kernel.said import phrase
from referral import fhir
from referral.adapters import peer as line
from referral.choices import BODY, TO_RECEIVER, TO_SENDER, Activity, Bound, Event, MessageState
from referral.fhir.reading import UPLOADED
from referral.models import Peer, PeerMessage, Referral
from referral.policies import MESSAGE, PEER, REFERRAL
from referral.services.leg.standing import kept_span, known_of, names_of, source_of
from referral.services.outside.delivering import close_by_taking, program_of

TOKEN: Final = "referral_peer.token"  # noqa: S105  # the purpose its key is derived for
SPACE: Final = UUID("6c796f75-2d72-4566-8572-72616c000001")
"""Namespace of our message ids: the same step of a leg is the same message."""
AT_ONCE: Final = 20
LEASE: Final = timedelta(seconds=60)
LONGEST: Final = timedelta(minutes=10)
TELL_AFTER: Final = 6
"""Attempts without an answer after which those who refer hear that the telephone is quicker."""
MOST: Final = 150
TASK: Final = "referral.tasks.carry"
ALONG: Final = (*UPLOADED, "AllergyIntolerance", "MedicationStatement", "Procedure", "ImagingStudy")


@transaction.atomic
def set_peer(*, by: Actor, organisation_id: UUID, address: str, token: str, active: bool = True) -> Peer:
    """Write down where a hospital outside takes messages and the key it knows us by."""
    PEER.ask(by, "set")
    row = Peer.objects.filter(organisation=organisation_id).first()
    row = row or Peer(id=ids.uuid7(), organisation_id=organisation_id)
    row.address, row.active, row.changed_at = address, active, clock.now()
    row.token_sealed = crypto.seal(TOKEN, row.pk, token)
    row.save()
    audit.record(by=by, action="referral.peer_set", subject=row, detail={"active": active})
    return row


@transaction.atomic
def compose(*, by: Actor, referral_id: UUID, event: str, version: int) -> int:
    """Commit what a step means for a hospital outside that is reached by messages; how many messages."""
    referral, step, made = REFERRAL.fetch(by, "notify", referral_id), Event(event), 0
    if referral.submitted_at is None:
        return made
    sides = Peer.objects.filter(organisation__in=(referral.source_id, referral.target_id), active=True)
    peers = {peer.organisation_id: peer for peer in sides}
    for place, table in ((referral.target_id, TO_RECEIVER), (referral.source_id, TO_SENDER)):
        if (activity := table.get(step)) and (peer := peers.get(place)):
            made += _commit(by, referral, peer, activity, version)
    return made


def _commit(by: Actor, referral: Referral, peer: Peer, activity: Activity, version: int) -> int:
    header = uuid5(SPACE, f"{referral.pk}:{version}:{activity}")
    if PeerMessage.objects.filter(organisation=peer.organisation_id, way=Bound.OUT, header=header).exists():
        return 0
    body = orjson.dumps(_bundle(referral, peer, activity, header))
    row = PeerMessage.objects.create(
        id=header,
        organisation_id=peer.organisation_id,
        referral=referral,
        way=Bound.OUT,
        activity=activity,
        header=str(header),
        body_sealed=crypto.seal_bytes(BODY, header, body),
        due_at=clock.now(),
        created_at=clock.now(),
    )
    audit.record(by=by, action="referral.message_committed", subject=row, patient=referral.patient_id)
    transaction.on_commit(partial(wake.up, TASK), robust=True)
    return 1


def _bundle(referral: Referral, peer: Peer, activity: Activity, header: UUID) -> fhir.Json:
    """The message as it stands now: what the hospital outside may read, and no more."""
    reader = program_of(peer.organisation_id)
    sender = referral.source_id if peer.organisation_id == referral.target_id else referral.target_id
    names = names_of(known_of(referral))
    span = kept_span(referral, capacity.span_of(source_of(referral)))
    envelope = fhir.Envelope(header, clock.now(), sender, peer.organisation_id, peer.address, names)
    attached = [f"{row.kind}/{row.resource_id}" for row in referral.attachments.order_by("pk")]
    wanted = [f"Patient/{referral.patient_id}"]
    if activity == Activity.REQUEST:
        focus = fhir.asked(referral, names, span, attached)
        wanted += [f"ServiceRequest/{referral.pk}", f"Consent/{referral.pk}-c", *attached]
    elif activity == Activity.RESPONSE:
        focus = fhir.answered_to(referral, names, span)
    elif activity == Activity.ARRIVAL:
        focus = fhir.arrived(referral)
    else:
        focus = fhir.recorded(referral, names, at=clock.now())
        wanted += [f"ServiceRequest/{referral.pk}", *attached, *_record(reader, referral)]
    found = repository.read_many(by=reader, references=list(dict.fromkeys(wanted)))
    return fhir.message(envelope, activity, focus, found.values())


def _record(reader: Actor, referral: Referral) -> list[str]:
    """The newest of the record that the hospital outside may read."""
    rows = repository.whole_of(by=reader, patient_id=referral.patient_id)
    told = sorted((row for row in rows if row.kind in ALONG), key=lambda row: row.updated, reverse=True)
    return [f"{row.kind}/{row.id}" for row in told[:MOST]]


def carry_messages(*, by: Actor) -> int:
    """Send what is due; how many were answered. A peer that does not answer is left alone for the rest of the round."""
    answered, silent = 0, set()
    for message in lease(by=by):
        if message.organisation_id in silent:
            continue
        peer = Peer.objects.get(organisation=message.organisation_id)
        token = crypto.unseal(TOKEN, peer.pk, bytes(peer.token_sealed))
        body = crypto.unseal_bytes(BODY, message.pk, bytes(message.body_sealed))
        status, raw = line.exchange(line.Line(peer.address, token, settings.REFERRAL_PEER_TIMEOUT), body)
        if settle(by=by, message_id=message.pk, status=status, raw=raw):
            answered += 1
        else:
            silent.add(message.organisation_id)
    return answered


@transaction.atomic
def lease(*, by: Actor) -> list[PeerMessage]:
    """Take what is due and nobody works on: of each leg the oldest message only, so that none overtakes another."""
    now = clock.now()
    earlier = PeerMessage.objects.filter(
        referral=OuterRef("referral"), organisation=OuterRef("organisation"), way=Bound.OUT, state=MessageState.DUE,
        created_at__lt=OuterRef("created_at"),
    )  # fmt: skip
    due = MESSAGE.rows(by, "carry").filter(way=Bound.OUT, state=MessageState.DUE, due_at__lte=now)
    rows = due.filter(~Exists(earlier)).select_for_update(skip_locked=True, of=("self",))
    taken = list(rows.order_by("due_at", "pk")[:AT_ONCE])
    for row in taken:
        row.attempts, row.due_at = row.attempts + 1, now + LEASE
        row.save(update_fields=["attempts", "due_at"])
    if taken:
        audit.record(by=by, action="referral.messages_leased", detail={"count": len(taken)})
    return taken


@transaction.atomic
def settle(*, by: Actor, message_id: UUID, status: int, raw: bytes) -> bool:
    """Post the answer to a message: taken, refused for good, or to be tried again. Whether the peer answered.

    A reply that was taken by the hospital that had sent the patient closes the leg.
    """
    message = MESSAGE.fetch(by, "carry", message_id, lock=True)
    if message.state != MessageState.DUE:
        return True
    if 200 <= status < 300:
        _settled(by, message, MessageState.TAKEN, "")
        close_by_taking(message)
    elif 400 <= status < 500 and status not in (401, 403, 408, 425, 429):
        _settled(by, message, MessageState.REFUSED, _why(status, raw))
        _tell(by, message, _("A hospital outside refused a message: telephone it"))
    else:
        wait = min(timedelta(seconds=2**message.attempts), LONGEST)
        message.due_at, message.answer = clock.now() + wait, f"HTTP {status}" if status else raw.decode()[:80]
        message.save(update_fields=["due_at", "answer"])
        if message.attempts == TELL_AFTER:
            _tell(by, message, _("A hospital outside does not answer messages: telephone it"))
        audit.record(by=by, action="referral.message_unanswered", subject=message)
        return False
    return True


def _settled(by: Actor, message: PeerMessage, state: MessageState, answer: str) -> None:
    message.state, message.answer, message.due_at, message.settled_at = state, answer, None, clock.now()
    message.save(update_fields=["state", "answer", "due_at", "settled_at"])
    if message.referral_id:
        transaction.on_commit(partial(wake.up, TASK), robust=True)
    audit.record(by=by, action="referral.message_settled", subject=message, detail={"state": str(state)})


def _why(status: int, raw: bytes) -> str:
    """The sentence of an OperationOutcome."""
    try:
        told: Any = json.loads(raw)
        words = [str(issue.get("diagnostics", "")) for issue in told["issue"]]
    except (ValueError, KeyError, TypeError, AttributeError):
        words = []
    return (" ".join(word for word in words if word) or f"HTTP {status}")[:300]


def _tell(by: Actor, message: PeerMessage, title: Text) -> None:
    """Those who refer hear that a message does not get through: nothing waits for a line."""
    leg = message.referral
    if leg is None:
        return
    here = leg.source_id if leg.target_id == message.organisation_id else leg.target_id
    name = organisation_names([message.organisation_id])[message.organisation_id]
    doctor = Recipients(staff=(leg.doctor_id,) if leg.doctor_id else ())
    for people in (doctor, Recipients(role=Role.COORDINATOR, organisation=here)):
        consortium.notify(
            by=by,
            key=f"referral:{leg.pk}:message:{message.pk}",
            recipients=people,
            level=NoticeLevel.TASK,
            title=phrase("%(number)s %(name)s %(what)s", number=leg.number, name=name, what=title),
            body=message.answer,
            url=reverse("referral:detail", args=[leg.pk]),
            patient_id=leg.patient_id,
        )
