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
from referral.choices.table import ONLY, TRANSITIONS, Aside, Behalf, Direction, Event, LegStep, fits
from referral.choices.texts import SENDS, TEXTS
from referral.choices.timers import (
    AGAIN,
    BY_THE_CLOCK,
    CHANGEABLE,
    CONFIRMED_LATE,
    DESK_WORK,
    FIRED,
    FIXED,
    FORM_WITHIN,
    HELD_LATE,
    HOLD,
    INFO_PATIENCE,
    PAPER_AGAIN,
    RECORD_WITHIN,
    RENEWS,
    TIMERS,
    URGENCY,
    VISIT_LATE,
    Backfill,
    Priority,
    bounds,
)
from referral.choices.turns import NEXT, WHAT, next_step

__all__ = [
    "AGAIN", "AT_THE_DOOR", "BY_THE_CLOCK", "CHANGEABLE", "COMMON_ITEMS", "CONFIRMED_LATE", "DESK_WORK",
    "ENDS_WITH_THE_CALL", "EXPECTED", "FHIR_TASK", "FIRED", "FIXED", "FORM_WITHIN", "HELD_LATE", "HOLD",
    "INFO_PATIENCE", "NEXT", "ONLY", "PAPER", "PAPER_AGAIN", "RECORD_WITHIN", "RENEWS", "SENDS", "TERMINAL",
    "TEXTS", "TIMERS", "TRANSITIONS", "TURN", "UNSENT", "URGENCY", "VISIT_LATE", "WHAT", "ArrivalSign", "Aside",
    "AttachmentKind", "Backfill", "Behalf", "CallOutcome", "ConsentBasis", "Direction", "Event", "ItemState",
    "Lane", "LegStep", "Look", "Priority", "ProposalState", "RejectCode", "RelationKind", "Side", "Status",
    "WardAnswer", "bounds", "fits", "look", "next_step",
]  # fmt: skip
