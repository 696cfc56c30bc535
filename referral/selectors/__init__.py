"""Every read of referrals, starting at the policy's rows."""

from referral.selectors.arriving import Proposed, expected, leg_of, proposed, received_leg
from referral.selectors.board import Row, board, coming_down, legs_of, overdue
from referral.selectors.bounce import bounced
from referral.selectors.calling import Call, calls
from referral.selectors.chronicle import Chronicle, chronicle
from referral.selectors.detail import Detail, detail
from referral.selectors.drawn import drawn_name
from referral.selectors.followups import Visit, visit, visits
from referral.selectors.form import FormPage, form_page, may_refer
from referral.selectors.glance import Glance, glance
from referral.selectors.guides import GuideRow, guide_of, guide_to_write, guides
from referral.selectors.late import Late, late, late_counts, late_papers, leave_to_the_clock
from referral.selectors.ledger import Register, may_keep, register, wanted_of
from referral.selectors.limits import Settings, settings
from referral.selectors.listing import history, listed
from referral.selectors.messages import Messages, Opened, peer_message, peer_messages, sees_messages
from referral.selectors.outside import (
    OutsideLeg,
    may_telephone,
    outside_counts,
    outside_legs,
    telephoned_event,
)
from referral.selectors.outside import call as outside_call
from referral.selectors.paper import Paper, may_print, paper
from referral.selectors.stats import (
    WITH_GOAL,
    Asked,
    Figures,
    Goals,
    Rows,
    Statistics,
    Value,
    counted_rows,
    figures,
    goals,
    may_export,
    may_set_goals,
    measure,
    sides,
    span,
    statistics,
)
from referral.selectors.talk import Talk, words
from referral.selectors.triage import Board, Heap, one, triage
from referral.selectors.work import work

__all__ = [
    "WITH_GOAL", "Asked", "Board", "Call", "Chronicle", "Detail", "Figures", "FormPage", "Glance", "Goals",
    "GuideRow", "Heap", "Late", "Messages", "Opened", "OutsideLeg", "Paper", "Proposed", "Register", "Row", "Rows",
    "Settings", "Statistics", "Talk", "Value", "Visit", "board", "bounced", "calls", "chronicle", "coming_down",
    "counted_rows", "detail", "drawn_name", "expected", "figures", "form_page", "glance", "goals", "guide_of",
    "guide_to_write", "guides", "history", "late", "late_counts", "late_papers", "leave_to_the_clock", "leg_of",
    "legs_of", "listed", "may_export", "may_keep", "may_print", "may_refer", "may_set_goals", "may_telephone",
    "measure", "one", "outside_call", "outside_counts", "outside_legs", "overdue", "paper", "peer_message",
    "peer_messages", "proposed", "received_leg", "register", "sees_messages", "settings", "sides", "span",
    "statistics", "telephoned_event", "triage", "visit", "visits", "wanted_of", "words", "work",
]  # fmt: skip
