"""When a state is late."""

from datetime import datetime

from emr.capacity import selectors as capacity
from referral.choices import AGAIN, CONFIRMED_LATE, HELD_LATE, HOLD, TIMERS, Priority, Status
from referral.models import Referral
from referral.services.publishing import source_of


def due_after(referral: Referral, now: datetime) -> datetime | None:
    """When the leg, which has just entered its state, is late; None where nothing runs."""
    status, priority = Status(referral.status), Priority(referral.priority)
    if status == Status.SCHEDULED and (kept := capacity.use_of(source_of(referral))) is not None:
        return kept.period.upper or now
    if status == Status.IN_TRANSIT and referral.eta_at is not None and referral.ready:
        return referral.eta_at + CONFIRMED_LATE
    spans = TIMERS.get(status)
    return now + spans[priority] if spans else None


def kept_until(referral: Referral, now: datetime) -> datetime:
    """A bed or time is kept this long: until somebody who is not there has not come."""
    return now + HOLD + HELD_LATE[Priority(referral.priority)]


def due_again(referral: Referral, now: datetime) -> datetime:
    """When the clock comes back after it has passed a late leg up."""
    return now + AGAIN[Priority(referral.priority)]
