"""On the way: setting out, emergencies, turning back, and those who did not come."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from consortium import selectors as consortium
from emr.capacity import selectors as capacity_now
from emr.capacity import services as capacity
from kernel import clock
from kernel.actor import Actor
from kernel.errors import Conflict, Invalid
from referral.choices import CONFIRMED_LATE, ConsentBasis, Event, Priority, Status
from referral.models import Referral
from referral.services.desk.priority import reprioritise
from referral.services.form.backfill import begin_papers
from referral.services.form.sending import check
from referral.services.form.signing import keep_form, sign
from referral.services.leg.standing import source_of
from referral.services.leg.steps import HOUSE, begin, said, step
from referral.services.leg.timing import kept_until
from referral.services.way.handing import hand_over

LONGEST_WAY = 12 * 60


@transaction.atomic
def emergency_send(
    *,
    by: Actor,
    referral_id: UUID,
    version: int,
    key: str,
    eta_minutes: int,
    transport: str = "",
    escort: str = "",
    condition: str = "",
    running: str = "",
    watch: str = "",
) -> Referral:
    """Send at once: the patient leaves now, the paper follows within 24 hours. The receiving desk is rung.

    Raises Invalid (422) without an expected arrival or when diagnosis and reason are not in the form.
    """
    referral, done = begin(by, Event.EMERGENCY_SEND, referral_id, key, version)
    if done:
        return referral
    now = clock.now()
    if referral.consent not in (ConsentBasis.PATIENT, ConsentBasis.RELATIVE):
        referral.consent = ConsentBasis.EMERGENCY
        referral.opens_protected = False
    if referral.status == Status.DRAFT:
        referral.priority = Priority.EMERGENCY
    else:
        reprioritise(by, referral, Priority.EMERGENCY, str(Event.EMERGENCY_SEND.label))
    check(referral)
    referral.eta_at = now + _way(eta_minutes)
    referral.submitted_at = referral.submitted_at or now
    referral.signature = sign(by, referral)
    fields = ["consent", "priority", "eta_at", "submitted_at", "signature"]
    fields += ["opens_protected", "unrelated"]
    step(by, referral, Event.EMERGENCY_SEND, version=version, words=transport.strip(), fields=fields)
    hand_over(
        by, referral, vehicle=transport, escort=escort, condition=condition, running=running, watch=watch
    )
    keep_form(referral)
    begin_papers(referral, now)
    return referral


@transaction.atomic
def start_transfer(
    *,
    by: Actor,
    referral_id: UUID,
    version: int,
    key: str,
    eta_minutes: int,
    transport: str = "",
    escort: str = "",
    condition: str = "",
    running: str = "",
    watch: str = "",
) -> Referral:
    """The patient sets out; a kept bed is kept until she is there. Without a bed only urgent patients go."""
    referral, done = begin(by, Event.START_TRANSFER, referral_id, key, version)
    if done:
        return referral
    kept = capacity_now.span_of(source_of(referral))
    unplaced = kept is None and referral.priority == Priority.ROUTINE
    if unplaced and not consortium.is_outside(referral.target_id):
        raise Conflict(
            _("No place is kept yet: only an urgent patient sets out without one."), code="no_place"
        )
    now = clock.now()
    if kept is not None:
        until = max(kept_until(referral, now), kept[1] or now)
        capacity.prolong(by=HOUSE, source=source_of(referral), until=until)
    referral.eta_at = now + _way(eta_minutes)
    step(by, referral, Event.START_TRANSFER, version=version, words=transport.strip(), fields=["eta_at"])
    hand_over(
        by, referral, vehicle=transport, escort=escort, condition=condition, running=running, watch=watch
    )
    return referral


def _way(minutes: int) -> timedelta:
    if not 0 < minutes <= LONGEST_WAY:
        raise Invalid(
            fields={"eta_minutes": _("Say in how many minutes the patient arrives, up to 12 hours.")}
        )
    return timedelta(minutes=minutes)


@transaction.atomic
def confirm_ready(*, by: Actor, referral_id: UUID, version: int, key: str, ready: str) -> Referral:
    """The receiving side says who waits where for an emergency; until then it is rung every minute."""
    referral, done = begin(by, Event.CONFIRM_READY, referral_id, key, version)
    if done:
        return referral
    referral.ready = said("ready", ready, _("Say who waits where."))
    due = max(referral.eta_at or clock.now(), clock.now()) + CONFIRMED_LATE
    step(
        by, referral, Event.CONFIRM_READY, version=version, words=referral.ready, fields=["ready"], due_at=due
    )
    return referral


@transaction.atomic
def turn_back(*, by: Actor, referral_id: UUID, version: int, key: str, reason: str) -> Referral:
    """The patient turns back on the way."""
    return _ended(by, Event.TURN_BACK, referral_id, version, key, reason)


@transaction.atomic
def patient_decline(*, by: Actor, referral_id: UUID, version: int, key: str, reason: str) -> Referral:
    """The patient does not want to go; her doctor writes it down. The place is free at once."""
    return _ended(by, Event.PATIENT_DECLINE, referral_id, version, key, reason)


@transaction.atomic
def close_no_show(*, by: Actor, referral_id: UUID, version: int, key: str, reason: str) -> Referral:
    """Nobody came: the branch has phoned and writes down what came of the call."""
    return _ended(by, Event.CLOSE_NO_SHOW, referral_id, version, key, reason)


def _ended(by: Actor, event: Event, referral_id: UUID, version: int, key: str, reason: str) -> Referral:
    referral, done = begin(by, event, referral_id, key, version)
    if not done:
        words = said("reason", reason, _("Write in a sentence what happened."))
        step(by, referral, event, version=version, words=words)
    return referral
