"""What ends a leg from anywhere: the reply is read, a death, a form for the wrong person."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kernel.actor import Actor
from kernel.errors import Conflict
from referral.choices import Event, FollowUp
from referral.models import Referral
from referral.services.form.sending import not_the_author
from referral.services.leg.steps import begin, said, step


@transaction.atomic
def death(*, by: Actor, referral_id: UUID, version: int, key: str, words: str) -> Referral:
    """The patient has died; whose side hears it first writes it down. A finished care keeps its outcome."""
    referral, done = begin(by, Event.DEATH, referral_id, key, version)
    if not done:
        noted = said("words", words, _("Write when and where the patient died."))
        step(by, referral, Event.DEATH, version=version, words=noted)
    return referral


@transaction.atomic
def void(*, by: Actor, referral_id: UUID, version: int, key: str, reason: str) -> Referral:
    """The form is of the wrong person: the receiving side's access ends at once. Not for its author."""
    referral, done = begin(by, Event.VOID, referral_id, key, version)
    if not done:
        not_the_author(by, referral, Event.VOID)
        noted = said("reason", reason, _("Say what is wrong with the form."))
        step(by, referral, Event.VOID, version=version, words=noted)
    return referral


@transaction.atomic
def acknowledge(*, by: Actor, referral_id: UUID, version: int, key: str) -> Referral:
    """The branch has read the head hospital's reply: the leg is closed.

    Raises Conflict (409) while a plan is still to come, or to be followed: nobody falls between two hospitals.
    """
    referral, done = begin(by, Event.ACKNOWLEDGE, referral_id, key, version)
    if done:
        return referral
    if referral.follow_up == FollowUp.PLAN:
        raise Conflict(_("A plan follows: it is sent or taken over first."), code="plan_coming")
    step(by, referral, Event.ACKNOWLEDGE, version=version)
    return referral
