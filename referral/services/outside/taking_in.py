"""Messages of hospitals outside: each once, as a step of the leg it names, by the same table as everybody's."""

from collections.abc import Callable, Mapping
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from consortium import selectors as consortium
from emr.repository import services as repository
from emr.repository.services import Outgoing, gates
from kernel import audit, clock, idempotency, ids
from kernel.actor import Actor
from kernel.errors import Conflict, OutOfReach, Refused
from referral import fhir
from referral.choices import (
    TRANSITIONS,
    Activity,
    AttachmentKind,
    ConsentBasis,
    Direction,
    Event,
    MessageState,
    Priority,
    Side,
    Status,
)
from referral.fhir import reading
from referral.fhir.reading import Said
from referral.models import Attachment, Referral
from referral.policies import MESSAGE
from referral.services.care.caring import admit, arrive, complete_care
from referral.services.desk.answering import request_info
from referral.services.desk.receiving import accept, reject
from referral.services.form.drafting import next_number
from referral.services.form.sending import send, supply_info, withdraw
from referral.services.outside.keeping import kept
from referral.services.outside.telephoning import NO_PLAN_THERE, in_its_place
from referral.services.outside.trusting import ask_newcomer, ask_same_person, ask_subjects
from referral.services.way.moving import close_no_show, turn_back

INSTEAD: Final = "请与对方医院电话联系"
"""What to do instead, where a message says no and nothing else."""
TAKEN_BACK: Final[Mapping[str, Callable[..., Referral]]] = {
    Status.IN_TRANSIT: turn_back,
    Status.NO_SHOW: close_no_show,
}


@transaction.atomic
def take(*, by: Actor, bundle: Mapping[str, Any]) -> fhir.Json:
    """Take one message in; answers the message that responds. The same header again is answered alike, once.

    Raises Refused (403) for who is no hospital outside, Invalid (422) for what cannot be understood, OutOfReach (404)
    for a leg that is not its own, Conflict (409) for a step that is not in the table now.
    """
    MESSAGE.ask(by, "take")
    if by.organisation is None or not consortium.is_outside(by.organisation):
        raise Refused(_("Only a hospital outside the county sends messages here."), code="not_outside")
    said, pk = reading.said(bundle), ids.uuid7()
    key = f"{by.organisation}:{said.id}"[:200]
    if seen := idempotency.first(by=by, verb="referral.message", key=key, subject=pk):
        return fhir.received(said.id, seen, str(by.organisation), said.activity)
    leg = EFFECTS[Activity(said.activity)](by, said)
    row = kept(by, pk, said, bundle, leg, MessageState.TAKEN)
    audit.record(by=by, action="referral.message_taken", subject=row, patient=leg.patient_id)
    return fhir.received(said.id, pk, str(by.organisation), said.activity)


def _leg(by: Actor, said: Said, side: Side) -> Referral:
    """The leg a message is about, where the hospital outside is on `side`. Raises OutOfReach (404)."""
    place = "target" if side == Side.RECEIVER else "source"
    rows = Referral.objects.filter(**{place: by.organisation}).select_for_update(of=("self",))
    named = reading.leg_of(said)
    found = rows.filter(pk=named).first() if named else None
    found = found or rows.filter(number=reading.number_of(said) or "-").first()
    if found is None and side == Side.SENDER and (theirs := reading.theirs_of(said)):
        found = rows.filter(outside_number=theirs).first()
    if found is None:
        raise OutOfReach(
            _("No referral with this hospital is named so."), detail={"model": "referral.referral"}
        )
    return found


def _can(leg: Referral, event: Event) -> bool:
    return (Status(leg.status), event) in TRANSITIONS


def _do(by: Actor, leg: Referral, event: Event, verb: Callable[..., Referral], **said: Any) -> Referral:
    """One step of the hospital outside, in the posts the table names for it."""
    place = by.place
    actor = in_its_place(by, leg, event, place)
    return verb(by=actor, referral_id=leg.pk, version=leg.version, key="", **said)


# -- the hospital outside receives ------------------------------------------------------------------------------


def _answered(by: Actor, said: Said) -> Referral:
    """预约应答: yes, no, or a question."""
    leg = _leg(by, said, Side.RECEIVER)
    ask_same_person(leg, said, carries=False)
    words = str(said.focus.get("comment", ""))[:200]
    status = said.focus.get("participantStatus")
    if status == "accepted":
        start = reading.start_of(said)
        come_at = start if start is not None and start > clock.now() else None
        return _do(by, leg, Event.ACCEPT, accept, come_at=come_at, words=words)
    if status == "declined":
        told = words or INSTEAD
        return _do(by, leg, Event.REJECT, reject, code="R99", text=told, instead=INSTEAD)
    if status == "tentative":
        return _do(by, leg, Event.REQUEST_INFO, request_info, items=[words or INSTEAD])
    raise reading.wrong(_("participantStatus is accepted, declined or tentative."))


def _arrived(by: Actor, said: Said) -> Referral:
    leg = _leg(by, said, Side.RECEIVER)
    ask_same_person(leg, said, carries=False)
    return _do(by, leg, Event.ARRIVE, arrive, identity_checked=True)


# -- the hospital outside sends ---------------------------------------------------------------------------------


def _requested(by: Actor, said: Said) -> Referral:
    """预约申请: a new leg; the same appointment again answers a question, or takes the request back."""
    number = reading.theirs_of(said)
    known = Referral.objects.filter(source=by.organisation, outside_number=number)
    leg = known.select_for_update(of=("self",)).first()
    if leg is None:
        return _new_leg(by, said, number)
    if said.focus.get("status") in ("cancelled", "entered-in-error"):
        event = {Status.IN_TRANSIT: Event.TURN_BACK, Status.NO_SHOW: Event.CLOSE_NO_SHOW}.get(
            Status(leg.status), Event.WITHDRAW
        )
        verb = TAKEN_BACK.get(leg.status, withdraw)
        return _do(by, leg, event, verb, reason=str(said.focus.get("comment") or "对方医院撤回"))
    if leg.status == Status.INFO_REQUESTED:
        answer = reading.content(said)["reason"]
        return _do(by, leg, Event.SUPPLY_INFO, supply_info, answer=answer)
    raise Conflict(
        _("This appointment is known here already and has not been asked about."), code="known_already"
    )


def _new_leg(by: Actor, said: Said, number: str) -> Referral:
    content = reading.content(said)
    patient = ask_newcomer(said, content["priority"])
    ask_subjects(said, patient)
    consent, opens = reading.consents(said)
    if not consent and content["priority"] != Priority.EMERGENCY:
        raise reading.wrong(
            _("The message carries an active Consent of the patient; only an emergency goes without.")
        )
    target = _receiver(said)
    leg = Referral(
        **content,
        id=ids.uuid7(),
        number=next_number(Direction.UP),
        patient_id=gates.pass_through(by, {**patient, "resourceType": "Patient"}, None).id,
        source_id=by.place,
        target_id=target,
        outside_number=number[:64],
        consent=consent or ConsentBasis.EMERGENCY,
        opens_protected=opens,
        created_at=clock.now(),
        status=Status.DRAFT,
    )
    leg.outside_doctor = leg.outside_doctor or by.display or by.name
    leg.save(force_insert=True)
    _keep(by, leg, said)
    send(in_its_place(by, leg, Event.SUBMIT, by.place), leg, Event.SUBMIT, None, words=number)
    return leg


def _receiver(said: Said) -> UUID:
    """The institution a request is for, where the header names one of ours; else the head hospital."""
    for one in said.header.get("destination") or []:
        named = str((one.get("receiver") or {}).get("reference", "")).partition("/")[2]
        try:
            place = consortium.organisations([UUID(named)]).get(UUID(named))
        except ValueError:
            continue
        if place is not None and not consortium.is_outside(place.pk):
            return place.pk
    return consortium.head_hospital().pk


# -- either side uploads the record -----------------------------------------------------------------------------


def _recorded(by: Actor, said: Said) -> Referral:
    """上传病历: what a sender uploads is kept with the leg; a receiver's reply ends its care."""
    side = Side.RECEIVER if _is_receiver(by, said) else Side.SENDER
    leg = _leg(by, said, side)
    ask_same_person(leg, said, carries=bool(said.all(*reading.UPLOADED)))
    _keep(by, leg, said)
    if side == Side.SENDER:
        return leg
    if _can(leg, Event.ADMIT):
        leg = _do(by, leg, Event.ADMIT, admit, complaint=leg.reason)
    outcome, advice = reading.reply_of(said)
    return _do(
        by,
        leg,
        Event.COMPLETE_CARE,
        complete_care,
        outcome=outcome,
        advice=advice or outcome,
        **NO_PLAN_THERE,
    )


def _is_receiver(by: Actor, said: Said) -> bool:
    named = reading.leg_of(said)
    return named is not None and Referral.objects.filter(pk=named, target=by.organisation).exists()


def _keep(by: Actor, leg: Referral, said: Said) -> None:
    """Store what came along under ids of ours, with our patient, kept by the hospital outside; attach what can be."""
    found = [{**one, "resourceType": one["resourceType"]} for one in said.all(*reading.UPLOADED)]
    outgoing = []
    for resource in found:
        pk = str(ids.uuid7())
        body = {name: value for name, value in resource.items() if name not in ("id", "meta", "encounter")}
        body |= {"id": pk, "subject": {"reference": f"Patient/{leg.patient_id}"}}
        outgoing.append(Outgoing(body, patient=leg.patient_id, custodian=by.organisation))
        if body["resourceType"] in AttachmentKind.values:
            title = (body.get("title") or (body.get("code") or body.get("type") or {}).get("text") or "")[
                :100
            ]
            kind = AttachmentKind(body["resourceType"])
            Attachment.objects.create(
                referral=leg, kind=kind, resource_id=pk, title=str(title) or str(kind.label)
            )
    if outgoing:
        repository.publish(by=by, owner="referral", resources=outgoing)


EFFECTS: Final[Mapping[Activity, Callable[[Actor, Said], Referral]]] = {
    Activity.REQUEST: _requested,
    Activity.RESPONSE: _answered,
    Activity.ARRIVAL: _arrived,
    Activity.RECORD: _recorded,
}
