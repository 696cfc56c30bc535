"""When a state is late, and when the clock comes back."""

from datetime import datetime, timedelta
from typing import Final

from consortium import selectors as consortium
from kernel import clock
from kernel.database import prepared
from referral.choices import (
    AGAIN,
    AGAIN_MOST,
    CONFIRMED_LATE,
    HELD_LATE,
    HOLD,
    LONGEST_STAY,
    RECORD_WITHIN,
    RENEWS,
    TERMINAL,
    TIMERS,
    VISIT_LATE,
    Backfill,
    Event,
    ItemState,
    Priority,
    Status,
    slowing,
)
from referral.models import Referral
from referral.selectors.house.limits import ends, in_working_time, place_of

RESCUED: Final = """
UPDATE referral_backfilltask SET due_at = %s, call_at = %s WHERE referral_id = %s AND kind = %s AND due_at IS NULL
"""
A_DAY = timedelta(days=1)


def due_after(referral: Referral, now: datetime, kept_to: datetime | None = None) -> datetime | None:
    """When the leg, which has just entered its state, is late; None where nothing runs."""
    status, priority = Status(referral.status), Priority(referral.priority)
    if status == Status.SCHEDULED and kept_to is not None:
        return kept_to
    if status == Status.IN_TRANSIT and referral.eta_at is not None and referral.ready:
        return referral.eta_at + CONFIRMED_LATE
    if status == Status.IN_CARE and referral.discharged_at is None:
        return now + LONGEST_STAY
    if status == Status.REHAB_ACTIVE and (visit := _next_visit(referral)) is not None:
        return visit
    return ends(place_of(referral), status, priority, now) if status in TIMERS else None


def _next_visit(referral: Referral) -> datetime | None:
    """When the next visit of the plan is late: some days after the end of its own day."""
    open_items = referral.plan.filter(state=ItemState.DUE).order_by("due_date")
    day = open_items.values_list("due_date", flat=True).first()
    return clock.day_bounds(day)[1] + VISIT_LATE if day else None


def kept_until(referral: Referral, now: datetime) -> datetime:
    """A bed or time is kept this long: until somebody who is not there has not come."""
    return now + HOLD + HELD_LATE[Priority(referral.priority)]


def due_again(referral: Referral, now: datetime) -> datetime:
    """When the clock comes back after it has passed a late leg up, slower once the last one up was called; at a desk
    in its working time."""
    priority, status = Priority(referral.priority), Status(referral.status)
    span = slowing(AGAIN[priority], AGAIN_MOST[priority], referral.escalations)
    if not in_working_time(status, priority):
        return now + span
    here = consortium.calendar_of(place_of(referral))
    return here.add(now, here.working(span))


def start_clock(
    referral: Referral,
    event: Event,
    before: Status,
    now: datetime,
    *,
    due_at: datetime | None,
    kept_to: datetime | None,
) -> None:
    """When the state is late after a step, and when the clock comes; `kept_to`: until when its place is kept.

    A step that stays in its state moves the due time only where it does what was due (invariant 8); an escalation
    moves only the next call.
    """
    if referral.status in TERMINAL:
        referral.ended_at, referral.due_at, referral.call_at = now, None, None
        referral.escalations = 0
        return
    if event == Event.ESCALATE:
        referral.escalations += 1
        referral.call_at = due_again(referral, now)
    elif before != referral.status or event in RENEWS:
        referral.due_at = referral.call_at = due_at or due_after(referral, now, kept_to)
        referral.escalations = 0


def reply_due(referral: Referral) -> datetime:
    """When the reply of a discharged patient is late."""
    since = referral.discharged_at or clock.now()
    return ends(place_of(referral), Status.IN_CARE, Priority(referral.priority), since)


def rescue_ended(referral: Referral, now: datetime) -> None:
    """The patient is handed over, or goes no further: from now the record of the rescue is due."""
    due = now + RECORD_WITHIN
    with prepared.cursor() as cursor:
        cursor.execute(RESCUED, [due, due, referral.pk, Backfill.RECORD.value])
