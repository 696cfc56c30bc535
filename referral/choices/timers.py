"""How long a leg may wait in a state, who is called when it is late, and again after how long."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy

from referral.choices.states import Status
from referral.choices.table import Event


class Priority(TextChoices):
    EMERGENCY = "emergency", pgettext_lazy("referral", "emergency")  # 紧急
    URGENT = "urgent", pgettext_lazy("referral", "urgent")  # 加急
    ROUTINE = "routine", pgettext_lazy("referral", "routine")  # 普通


Spans = Mapping[str, timedelta]


def _hours(routine: float, urgent: float, emergency: float) -> Spans:
    spans = zip(Priority.values[::-1], (routine, urgent, emergency), strict=True)
    return {name: timedelta(hours=hours) for name, hours in spans}


TIMERS: Final[Mapping[Status, Spans]] = {
    Status.DRAFT: {
        Priority.ROUTINE: timedelta(days=30),
        Priority.URGENT: timedelta(days=3),
        Priority.EMERGENCY: timedelta(days=3),
    },
    Status.INTERNAL_REVIEW: _hours(24, 2, 2),
    Status.SUBMITTED: _hours(24, 2, 1 / 6),
    Status.INFO_REQUESTED: _hours(72, 12, 12),
    Status.ACCEPTED: _hours(48, 4, 0.25),
    Status.WAITLISTED: _hours(7 * 24, 24, 24),
    Status.SCHEDULED: _hours(28, 26, 1),
    Status.IN_TRANSIT: _hours(8, 4, 1 / 6),
    Status.NO_SHOW: _hours(72, 24, 2),
    Status.ARRIVED: _hours(24, 4, 0.5),
    Status.IN_CARE: _hours(24, 24, 24),
    Status.CARE_COMPLETED: _hours(72, 72, 72),
    Status.REHAB_ACTIVE: _hours(24 * 30, 24 * 30, 24 * 30),
}
"""Decision, booking, arrival, first doctor, reply, reading it. A kept bed counts from its end (HELD_LATE), the reply
from the discharge."""
LONGEST_STAY: Final = timedelta(days=30)
"""Nobody owes a reply before the discharge; after a stay this long without one somebody is asked whether she is still
there."""
HOLD: Final = timedelta(hours=24)
"""A bed is kept this long for a patient on the way."""
HELD_LATE: Final[Spans] = _hours(4, 2, 1)
"""So long after the kept time somebody who has not come is a no-show."""
CONFIRMED_LATE: Final = timedelta(minutes=60)
"""So long after the expected arrival of a confirmed emergency it is asked where she is."""
AGAIN: Final[Spans] = {
    Priority.ROUTINE: timedelta(hours=24),
    Priority.URGENT: timedelta(minutes=30),
    Priority.EMERGENCY: timedelta(minutes=1),
}
"""After an escalation the next one up is called when nothing has happened for this long."""
AGAIN_MOST: Final[Spans] = _hours(24, 4, 0.5)
"""Once the last one up has been called, each reminder comes after twice as long, up to this; it ends with the answer
alone. A critical value rings at the same pace at its top (`diagnostics.choices.Minutes.CRITICAL_AGAIN`)."""
RUNGS: Final = 3
"""Duty chief, referral centre, consortium office; outside of working hours 行政总值班 for the last two."""
BY_THE_CLOCK: Final = frozenset({Priority.URGENT, Priority.EMERGENCY})
"""Priorities that run day and night. Routine times of DESK_WORK run in working hours of the side whose turn it is."""
DESK_WORK: Final = frozenset(
    {
        Status.INTERNAL_REVIEW,
        Status.SUBMITTED,
        Status.INFO_REQUESTED,
        Status.ACCEPTED,
        Status.WAITLISTED,
        Status.NO_SHOW,
        Status.CARE_COMPLETED,
    }
)
"""What waits for somebody at a desk: 24 hours of a routine time are one working day there. What happens on the road,
at the door or at the bedside, and what hangs on a date, runs by the clock whatever its priority."""
RENEWS: Final = frozenset({Event.CONFIRM_READY, Event.RESCHEDULE, Event.LOG_VISIT})
"""Steps that stay in their state but do what was due there: the next thing is due, at a later time. Everything else
that stays in its state moves no due time later (invariant 8)."""
VISIT_LATE: Final = timedelta(days=3)
"""So long after its day a planned visit that nobody wrote down is late."""
CHANGEABLE: Final = frozenset(
    {
        Status.INTERNAL_REVIEW,
        Status.SUBMITTED,
        Status.INFO_REQUESTED,
        Status.ACCEPTED,
        Status.WAITLISTED,
        Status.SCHEDULED,
        Status.IN_TRANSIT,
        Status.NO_SHOW,
    }
)
"""States in which the urgency of a leg may still change: sent or about to be, and not yet there."""
URGENCY: Final = (Priority.ROUTINE, Priority.URGENT, Priority.EMERGENCY)
"""From the least to the most urgent."""
FIXED: Final = frozenset({Status.SCHEDULED, Status.REHAB_ACTIVE})
"""States whose time hangs on a kept bed or a planned visit, not on a limit somebody sets."""


def slowing(first: timedelta, most: timedelta, times: int) -> timedelta:
    """How long after the `times`th call the next one comes: `first` while somebody is left above, then doubled each
    time up to `most`. Never None: whoever waits is called for until somebody answers."""
    doubled = min(max(times - RUNGS, 0), 10)
    longer: timedelta = first * 2**doubled
    return min(longer, most)


def bounds(status: Status, priority: Priority) -> tuple[timedelta, timedelta]:
    """Between what an institution may set a limit: from a quarter of the house's own up to twice it, four times for
    a routine one. Whoever waits is never forgotten, whatever somebody types."""
    own = TIMERS[status][priority]
    return own / 4, own * (4 if priority == Priority.ROUTINE else 2)


class Backfill(TextChoices):
    """What is written after an emergency was sent (补录)."""

    FORM = "form", pgettext_lazy("referral", "form and consent")  # 转出单和知情同意
    RECORD = "record", pgettext_lazy("referral", "record of the rescue")  # 抢救记录


FORM_WITHIN: Final = timedelta(hours=24)
"""Form and consent of an emergency are completed within this time of its sending."""
RECORD_WITHIN: Final = timedelta(hours=6)
"""The record of a rescue is completed within this time of its end (病历书写基本规范 第三条)."""
PAPER_AGAIN: Final = timedelta(hours=2)
"""A late paper is asked for again after this time."""
PAPER_MOST: Final = timedelta(hours=24)
"""A paper that stays late is asked for this often at least, once the last one up was told."""
INFO_PATIENCE: Final = 3
"""The third escalation of an unanswered question ends the leg."""

FIRED: Final[Mapping[Status, Event]] = {
    **dict.fromkeys(TIMERS, Event.ESCALATE),
    Status.DRAFT: Event.EXPIRE,
    Status.SCHEDULED: Event.MARK_NO_SHOW,
}
"""What the clock does when a state is late."""
