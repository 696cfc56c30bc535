"""States, events, transition table, timers and code lists of a referral leg (双向转诊)."""

from referral.choices.conditions import BIT, HOLDS
from referral.choices.criteria import AGAINST, FRESH, TONE, WRONG, FactSource, Suggestion
from referral.choices.desk import (
    ASKED_ABOUT,
    AT_THE_DOOR,
    COMMON_ITEMS,
    ENDS_WITH_THE_CALL,
    ArrivalSign,
    CallOutcome,
    Lane,
    ProposalState,
    Says,
    SecondSignature,
)
from referral.choices.down import (
    KIND_ICONS,
    LONGEST_STEP,
    MOST_ITEMS,
    NO_MEDICINES,
    NOT_ELIGIBLE,
    READINGS,
    TALKS_ON,
    USUAL,
    Drug,
    FollowUp,
    ItemKind,
    NoPlan,
    PlanLine,
    Way,
    readings_for,
)
from referral.choices.exchange import BODY, TELEPHONED, TO_RECEIVER, TO_SENDER, Activity, Bound, MessageState
from referral.choices.indicators import (
    FEEDBACK_WITHIN,
    INDICATORS,
    MARKS,
    MOMENT,
    RETURN_WITHIN,
    Basis,
    Group,
    Indicator,
    Period,
    Unit,
)
from referral.choices.reasons import (
    PAPER,
    AttachmentKind,
    ConsentBasis,
    ConsentWay,
    ItemState,
    Kinship,
    PrintKind,
    RejectCode,
)
from referral.choices.relations import RelationKind, WardAnswer
from referral.choices.states import (
    FHIR_TASK,
    TERMINAL,
    TURN,
    UNSENT,
    Look,
    Side,
    Status,
    look,
    turn_of,
)
from referral.choices.table import BED_DESK, ONLY, TRANSITIONS, Aside, Behalf, Direction, Event, LegStep, fits
from referral.choices.texts import SENDS, TEXTS
from referral.choices.timers import (
    AGAIN,
    AGAIN_MOST,
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
    LONGEST_STAY,
    PAPER_AGAIN,
    PAPER_MOST,
    RECORD_WITHIN,
    RENEWS,
    RUNGS,
    TIMERS,
    URGENCY,
    VISIT_LATE,
    Backfill,
    Priority,
    bounds,
    slowing,
)
from referral.choices.turns import NEXT, WHAT, next_step

__all__ = [
    "AGAIN", "AGAINST", "AGAIN_MOST", "ASKED_ABOUT", "AT_THE_DOOR", "BED_DESK", "BIT", "BODY", "BY_THE_CLOCK",
    "CHANGEABLE", "COMMON_ITEMS", "CONFIRMED_LATE", "DESK_WORK", "ENDS_WITH_THE_CALL", "FEEDBACK_WITHIN",
    "FHIR_TASK", "FIRED", "FIXED", "FORM_WITHIN", "FRESH", "HELD_LATE", "HOLD", "HOLDS", "INDICATORS",
    "INFO_PATIENCE", "KIND_ICONS", "LONGEST_STAY", "LONGEST_STEP", "MARKS", "MOMENT", "MOST_ITEMS", "NEXT",
    "NOT_ELIGIBLE", "NO_MEDICINES", "ONLY", "PAPER", "PAPER_AGAIN", "PAPER_MOST", "READINGS", "RECORD_WITHIN",
    "RENEWS", "RETURN_WITHIN", "RUNGS", "SENDS", "TALKS_ON", "TELEPHONED", "TERMINAL", "TEXTS", "TIMERS", "TONE",
    "TO_RECEIVER", "TO_SENDER", "TRANSITIONS", "TURN", "UNSENT", "URGENCY", "USUAL", "VISIT_LATE", "WHAT", "WRONG",
    "Activity", "ArrivalSign", "Aside", "AttachmentKind", "Backfill", "Basis", "Behalf", "Bound", "CallOutcome",
    "ConsentBasis", "ConsentWay", "Direction", "Drug", "Event", "FactSource", "FollowUp", "Group", "Indicator",
    "ItemKind", "ItemState", "Kinship", "Lane", "LegStep", "Look", "MessageState", "NoPlan", "Period", "PlanLine",
    "PrintKind", "Priority", "ProposalState", "RejectCode", "RelationKind", "Says", "SecondSignature", "Side",
    "Status", "Suggestion", "Unit", "WardAnswer", "Way", "bounds", "fits", "look", "next_step", "readings_for",
    "slowing", "turn_of",
]  # fmt: skip
