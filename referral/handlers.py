"""What referral does when a leg has moved."""

from uuid import UUID

from kernel.actor import Actor
from kernel.outbox import on
from referral import services
from referral.events import LegMoved


@on(LegMoved, name="referral.announce")
def announce(event: LegMoved, by: Actor) -> None:
    """The other side is told."""
    services.announce(by=by, referral_id=UUID(event.referral_id), event=event.event, version=event.version)


@on(LegMoved, name="referral.show")
def show(event: LegMoved, by: Actor) -> None:
    """Open pages fetch again what they show of the leg."""
    services.show(by=by, referral_id=UUID(event.referral_id))


@on(LegMoved, name="referral.text_patient")
def text_patient(event: LegMoved, by: Actor) -> None:
    """The patient is written to."""
    services.text_patient(
        by=by, referral_id=UUID(event.referral_id), event=event.event, version=event.version
    )
