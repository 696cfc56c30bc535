"""States, events, transition table, timers and code lists of a referral leg (双向转诊)."""

from referral.choices.reasons import PAPER, AttachmentKind, ConsentBasis, ItemState, RejectCode
from referral.choices.states import (
    EXPECTED,
    FHIR_TASK,
    TERMINAL,
    TURN,
    UNSENT,
    Look,
    Side,
    Status,
    look,
)
from referral.choices.table import ONLY, TRANSITIONS, Behalf, Direction, Event, LegStep, fits
from referral.choices.timers import (
    AGAIN,
    BY_THE_CLOCK,
    CONFIRMED_LATE,
    FIRED,
    HELD_LATE,
    HOLD,
    INFO_PATIENCE,
    TIMERS,
    Priority,
)

__all__ = [
    "AGAIN", "BY_THE_CLOCK", "CONFIRMED_LATE", "EXPECTED", "FHIR_TASK", "FIRED", "HELD_LATE", "HOLD",
    "INFO_PATIENCE", "ONLY", "PAPER", "TERMINAL", "TIMERS", "TRANSITIONS", "TURN", "UNSENT", "AttachmentKind", "Behalf",
    "ConsentBasis", "Direction", "Event", "ItemState", "LegStep", "Look", "Priority", "RejectCode", "Side", "Status",
    "fits", "look",
]  # fmt: skip
