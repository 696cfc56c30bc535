"""What the clock does with legs that wait too long; everything is in the database, a lost broker loses nothing."""

from uuid import UUID

from django.db import transaction

from kernel import clock
from kernel.actor import Actor
from referral.choices import FIRED, INFO_PATIENCE, TERMINAL, Event, Status
from referral.models import Referral
from referral.policies import REFERRAL
from referral.services.leg.steps import step


@transaction.atomic
def run_late(*, by: Actor, referral_id: UUID) -> Referral | None:
    """Do what is due with one leg: pass it up, end it, or write the no-show down. None when nothing is due."""
    leg = REFERRAL.fetch(by, Event.ESCALATE.value, referral_id, lock=True)
    now = clock.now()
    if leg.status in TERMINAL or leg.call_at is None or leg.call_at > now:
        return None
    event = FIRED[Status(leg.status)]
    if leg.status == Status.INFO_REQUESTED and leg.escalations + 1 >= INFO_PATIENCE:
        event = Event.EXPIRE
    if event == Event.ESCALATE:
        step(by, leg, event, words=str(leg.escalations + 1))
    else:
        step(by, leg, event)
    return leg
