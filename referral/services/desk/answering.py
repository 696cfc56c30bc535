"""Other answers than yes and no: ask for more, advise, pass on, take an acceptance back."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from consortium import selectors as consortium
from kernel import clock, ids
from kernel.actor import Actor
from kernel.errors import Invalid, Refused
from referral.choices import Direction, Event, Status
from referral.fhir import CONTENT, MORE, WRITTEN
from referral.models import Attachment, Referral
from referral.services.desk.receiving import refuse
from referral.services.form.drafting import next_number
from referral.services.form.reaching import copy_reach
from referral.services.form.signing import keep_form, sign
from referral.services.house.relating import ask_target
from referral.services.leg.steps import HOUSE, begin, said, staff_here, step

ITEMS, ITEM = 8, 120
"""Things asked for at once, characters of each; more is a telephone call."""


@transaction.atomic
def request_info(*, by: Actor, referral_id: UUID, version: int, key: str, items: Sequence[str]) -> Referral:
    """Ask the branch for what is missing, item by item."""
    referral, done = begin(by, Event.REQUEST_INFO, referral_id, key, version)
    if done:
        return referral
    asked = list(dict.fromkeys(item.strip() for item in items if item.strip()))
    if not asked:
        raise Invalid(fields={"items": _("Say what is missing.")})
    if len(asked) > ITEMS or any(len(item) > ITEM for item in asked):
        raise Invalid(
            fields={"items": _("At most eight things, each in a line; for more, phone the branch.")}
        )
    referral.asked = asked
    step(by, referral, Event.REQUEST_INFO, version=version, words="；".join(asked), fields=["asked"])
    return referral


@transaction.atomic
def advise(*, by: Actor, referral_id: UUID, version: int, key: str, advice: str) -> Referral:
    """Answer with written advice: the patient stays and is treated at the branch."""
    referral, done = begin(by, Event.ADVISE, referral_id, key, version)
    if done:
        return referral
    referral.advice = said(
        "advice", advice, _("Write what the branch should do next, or that nothing is needed.")
    )
    referral.receiving_doctor_id = staff_here(by)
    fields = ["advice", "receiving_doctor"]
    step(by, referral, Event.ADVISE, version=version, words=referral.advice, fields=fields)
    return referral


@transaction.atomic
def revoke(
    *, by: Actor, referral_id: UUID, version: int, key: str, code: str, text: str, instead: str
) -> Referral:
    """Take an acceptance back; only somebody who may review does (主治 and above), with reason and alternative."""
    referral, done = begin(by, Event.REVOKE, referral_id, key, version)
    if done:
        return referral
    if not consortium.may_review(by):
        raise Refused(_("Only a chief takes an acceptance back."), detail={"event": "revoke"})
    refuse(by, referral, Event.REVOKE, version, code=code, text=text, instead=instead)
    return referral


@transaction.atomic
def redirect(
    *,
    by: Actor,
    referral_id: UUID,
    version: int,
    key: str,
    target_id: UUID,
    text: str,
    department_id: UUID | None = None,
) -> Referral:
    """Pass the leg on to another institution: answers the new leg, submitted, with the form as it was signed."""
    return _pass_on(by, Event.REDIRECT, referral_id, version, key, target_id, text, department_id)


@transaction.atomic
def divert(*, by: Actor, referral_id: UUID, version: int, key: str, target_id: UUID, text: str) -> Referral:
    """The ambulance goes to the nearest hospital that can: recorded by who hears it; answers the new leg."""
    return _pass_on(by, Event.DIVERT, referral_id, version, key, target_id, text, None)


@transaction.atomic
def refer_onward(
    *, by: Actor, referral_id: UUID, version: int, key: str, target_id: UUID, text: str
) -> Referral:
    """Refer a patient in care onward to a higher hospital; answers the new leg."""
    return _pass_on(by, Event.REFER_ONWARD, referral_id, version, key, target_id, text, None)


def _pass_on(
    by: Actor,
    event: Event,
    referral_id: UUID,
    version: int,
    key: str,
    target_id: UUID,
    text: str,
    department_id: UUID | None,
) -> Referral:
    referral, done = begin(by, event, referral_id, key, version)
    if done:
        return referral.children.order_by("pk").first() or referral
    target = consortium.organisation(target_id)
    if target.pk in (referral.source_id, referral.target_id):
        raise Invalid(fields={"target": _("Choose an institution that is neither of the two.")})
    referral.reject_text = said("text", text, _("Say why in a sentence."))
    step(by, referral, event, version=version, words=referral.reject_text, fields=["reject_text"])
    leg = _next_leg(by, referral, event, target_id, department_id)
    ask_target(leg, through=referral.target_id, anyway=event == Event.DIVERT)
    leg.save(force_insert=True)
    copy_reach(referral, leg)
    Attachment.objects.bulk_create(
        Attachment(referral=leg, kind=one.kind, resource_id=one.resource_id, title=one.title)
        for one in referral.attachments.all()
    )
    leg.signature = sign(by, leg)
    sent = Event.EMERGENCY_SEND if event == Event.DIVERT else Event.SUBMIT
    step(HOUSE, leg, sent, words=referral.number, fields=["signature"])
    keep_form(leg)
    return leg


def _next_leg(
    by: Actor, referral: Referral, event: Event, target_id: UUID, department_id: UUID | None
) -> Referral:
    """The same patient and form; from the hospital itself when it refers onward, else from the first sender."""
    onward = event == Event.REFER_ONWARD
    now = clock.now()
    return Referral(
        **{name: getattr(referral, name) for name in (*CONTENT, *WRITTEN, *MORE)},
        id=ids.uuid7(),
        number=next_number(Direction(referral.direction)),
        patient_id=referral.patient_id,
        direction=referral.direction,
        parent=referral,
        source_id=referral.target_id if onward else referral.source_id,
        source_department_id=referral.department_id if onward else referral.source_department_id,
        target_id=target_id,
        department_id=department_id,
        doctor_id=by.person if onward else referral.doctor_id,
        opens_protected=referral.opens_protected,
        outside_doctor="" if onward else referral.outside_doctor,
        status=Status.DRAFT,
        encounter_id=referral.care_encounter_id if onward else referral.encounter_id,
        created_at=now,
        submitted_at=now,
    )
