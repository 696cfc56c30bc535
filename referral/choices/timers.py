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
    Status.IN_CARE: _hours(24 * 30, 24 * 30, 24 * 30),
    Status.CARE_COMPLETED: _hours(72, 72, 72),
    Status.REHAB_ACTIVE: _hours(24 * 30, 24 * 30, 24 * 30),
}
"""Decision, booking, arrival, first doctor, stay, reading the reply. A kept bed counts from its end (HELD_LATE)."""
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
"""After an escalation the next one follows when nothing has happened for this long."""
BY_THE_CLOCK: Final = frozenset({Priority.URGENT, Priority.EMERGENCY})
"""Priorities that run day and night; routine times run in the receiver's working hours."""
INFO_PATIENCE: Final = 3
"""The third escalation of an unanswered question ends the leg."""

FIRED: Final[Mapping[Status, Event]] = {
    **dict.fromkeys(TIMERS, Event.ESCALATE),
    Status.DRAFT: Event.EXPIRE,
    Status.SCHEDULED: Event.MARK_NO_SHOW,
}
"""What the clock does when a state is late."""
