"""The sending side: submit with one signature or two, supply more, take back, read the reply."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from emr.index import selectors as index
from kernel import clock
from kernel.actor import Actor
from kernel.errors import Conflict, Invalid, Refused
from referral.choices import Event
from referral.models import Referral
from referral.services.form.consenting import wrong_with_consent
from referral.services.form.drafting import Attached, attach
from referral.services.form.judging import contradiction
from referral.services.form.second import ask_signed
from referral.services.form.signing import keep_form, sign
from referral.services.house.relating import ask_target
from referral.services.leg.publishing import guard_protected
from referral.services.leg.steps import begin, said, step


@transaction.atomic
def submit(*, by: Actor, referral_id: UUID, version: int, key: str) -> Referral:
    """Submit and sign the form. Raises Invalid (422) without consent, diagnosis or reason; Conflict (409) when
    the patient has an open leg to this department, or has died, and where the institution wants a second signature."""
    referral, done = begin(by, Event.SUBMIT, referral_id, key, version)
    if done:
        return referral
    ask_signed(by, referral)
    send(by, referral, Event.SUBMIT, version)
    return referral


@transaction.atomic
def submit_for_review(*, by: Actor, referral_id: UUID, version: int, key: str) -> Referral:
    """Ask a colleague for the second signature: where the institution wants one, and of one's own accord. Raises as
    `submit` does for what is missing in the form."""
    referral, done = begin(by, Event.SUBMIT_FOR_REVIEW, referral_id, key, version)
    if done:
        return referral
    check(referral)
    step(by, referral, Event.SUBMIT_FOR_REVIEW, version=version)
    return referral


@transaction.atomic
def approve(*, by: Actor, referral_id: UUID, version: int, key: str) -> Referral:
    """Give the second signature: the form is signed and sent. Raises Refused (403) for its author."""
    referral, done = begin(by, Event.APPROVE, referral_id, key, version)
    if done:
        return referral
    not_the_author(by, referral, Event.APPROVE)
    send(by, referral, Event.APPROVE, version)
    return referral


@transaction.atomic
def send_back(*, by: Actor, referral_id: UUID, version: int, key: str, reason: str) -> Referral:
    """Give the form back to its author with a reason."""
    referral, done = begin(by, Event.SEND_BACK, referral_id, key, version)
    if done:
        return referral
    words = said("reason", reason, _("Say what is to be changed."))
    step(by, referral, Event.SEND_BACK, version=version, words=words)
    return referral


@transaction.atomic
def supply_info(
    *, by: Actor, referral_id: UUID, version: int, key: str, answer: str, attachments: Attached = ()
) -> Referral:
    """Answer what was asked for: a new version of the form is signed, the old one stays."""
    referral, done = begin(by, Event.SUPPLY_INFO, referral_id, key, version)
    if done:
        return referral
    words = said("answer", answer, _("Answer what was asked for."))
    attach(by, referral, attachments)
    referral.history = f"{referral.history}\n{words}".strip()[-500:]
    referral.asked = []
    referral.signature = sign(by, referral)
    step(
        by,
        referral,
        Event.SUPPLY_INFO,
        version=version,
        words=words,
        fields=["history", "asked", "signature"],
    )
    keep_form(referral)
    return referral


def send(by: Actor, referral: Referral, event: Event, version: int | None, *, words: str = "") -> None:
    """Check, sign and send the form by `event`; the signed version is kept."""
    check(referral)
    referral.submitted_at = clock.now()
    referral.signature = sign(by, referral)
    step(by, referral, event, version=version, words=words, fields=["submitted_at", "signature", "unrelated"])
    keep_form(referral)


def not_the_author(by: Actor, referral: Referral, event: Event) -> None:
    """Refused (403) for who wrote the form."""
    if referral.doctor_id == by.person:
        raise Refused(_("Somebody else than the author does this."), detail={"event": event.value})


def check(referral: Referral) -> None:
    """Raise Invalid (422) when the form must not go out as it is, Conflict (409) for one who has died."""
    wrong: dict[str, Any] = dict(wrong_with_consent(referral))
    if not referral.diagnosis:
        wrong["diagnosis"] = _("Write the diagnosis, with or without a code.")
    if not referral.reason:
        wrong["reason"] = _("Write why the patient is referred.")
    if why := guard_protected(referral):
        wrong["opens_protected"] = why
    wrong |= contradiction(referral)
    if wrong:
        raise Invalid(fields=wrong)
    ask_target(referral)
    _person, deceased_at = index.pinned(referral.patient_id)
    if deceased_at:
        raise Conflict(_("The patient has died."), code="deceased")


@transaction.atomic
def withdraw(*, by: Actor, referral_id: UUID, version: int, key: str, reason: str) -> Referral:
    """Take a submitted leg back, with the reason; a kept bed is free again at once."""
    referral, done = begin(by, Event.WITHDRAW, referral_id, key, version)
    if done:
        return referral
    words = said("reason", reason, _("Say why you take it back."))
    step(by, referral, Event.WITHDRAW, version=version, words=words)
    return referral
