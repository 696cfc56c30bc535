"""States, events, transition table, timers and code lists of a referral leg (双向转诊)."""

from referral.choices.desk import (
    AT_THE_DOOR,
    COMMON_ITEMS,
    ENDS_WITH_THE_CALL,
    ArrivalSign,
    CallOutcome,
    Lane,
    ProposalState,
)
from referral.choices.reasons import PAPER, AttachmentKind, ConsentBasis, ItemState, RejectCode
from referral.choices.relations import RelationKind, WardAnswer
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
from referral.choices.texts import SENDS, TEXTS
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
from referral.choices.turns import NEXT, WHAT, next_step

__all__ = [
    "AGAIN", "AT_THE_DOOR", "BY_THE_CLOCK", "COMMON_ITEMS", "CONFIRMED_LATE", "ENDS_WITH_THE_CALL", "EXPECTED",
    "FHIR_TASK", "FIRED", "HELD_LATE", "HOLD", "INFO_PATIENCE", "NEXT", "ONLY", "PAPER", "SENDS", "TERMINAL", "TEXTS",
    "TIMERS", "TRANSITIONS", "TURN", "UNSENT", "WHAT", "ArrivalSign", "AttachmentKind", "Behalf", "CallOutcome",
    "ConsentBasis", "Direction", "Event", "ItemState", "Lane", "LegStep", "Look", "Priority", "ProposalState",
    "RejectCode", "RelationKind", "Side", "Status", "WardAnswer", "fits", "look", "next_step",
]  # fmt: skip
