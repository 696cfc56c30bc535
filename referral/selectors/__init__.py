"""Every read of referrals, starting at the policy's rows, by noun. A folder's docstring says what its modules do; an
import points down this list (`lint-imports`):

- `work`: what waits for a post
- `leg`: one leg on its page
- `desk`: the receiving desk · `way`: on the road · `outside`: hospitals outside · `papers`: paper and register
- `stats`: the statistics · `form`: the form and its sender
- `lists`: legs in rows
- `down`: the way back
- `criteria`: what they say · `house`: what is settled for an institution
"""

from referral.selectors.desk.glance import Glance, glance
from referral.selectors.desk.guides import GuideRow, guide_of, guide_to_write, guides
from referral.selectors.desk.triage import Board, Heap, one, triage
from referral.selectors.down.bounce import bounced
from referral.selectors.down.followups import Visit, visit, visits
from referral.selectors.form.page import FormPage, form_page, may_refer
from referral.selectors.house.limits import Settings, settings
from referral.selectors.leg.chronicle import Chronicle, chronicle
from referral.selectors.leg.detail import Detail, detail
from referral.selectors.leg.talk import Talk, words
from referral.selectors.lists.board import Row, board, coming_down, legs_of, overdue
from referral.selectors.lists.late import Late, late, late_counts, late_papers, leave_to_the_clock
from referral.selectors.lists.listing import history, listed
from referral.selectors.outside.legs import (
    OutsideLeg,
    may_telephone,
    outside_counts,
    outside_legs,
    telephoned_event,
)
from referral.selectors.outside.legs import call as outside_call
from referral.selectors.outside.messages import Messages, Opened, peer_message, peer_messages, sees_messages
from referral.selectors.papers.drawn import drawn_name
from referral.selectors.papers.ledger import Register, may_keep, register, wanted_of
from referral.selectors.papers.paper import Paper, may_print, paper
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
    span,
    statistics,
)
from referral.selectors.way.arriving import Proposed, expected, leg_of, proposed, received_leg
from referral.selectors.way.calling import Call, calls
from referral.selectors.work import work

__all__ = [
    "WITH_GOAL", "Asked", "Board", "Call", "Chronicle", "Detail", "Figures", "FormPage", "Glance", "Goals",
    "GuideRow", "Heap", "Late", "Messages", "Opened", "OutsideLeg", "Paper", "Proposed", "Register", "Row", "Rows",
    "Settings", "Statistics", "Talk", "Value", "Visit", "board", "bounced", "calls", "chronicle", "coming_down",
    "counted_rows", "detail", "drawn_name", "expected", "figures", "form_page", "glance", "goals", "guide_of",
    "guide_to_write", "guides", "history", "late", "late_counts", "late_papers", "leave_to_the_clock", "leg_of",
    "legs_of", "listed", "may_export", "may_keep", "may_print", "may_refer", "may_set_goals", "may_telephone",
    "measure", "one", "outside_call", "outside_counts", "outside_legs", "overdue", "paper", "peer_message",
    "peer_messages", "proposed", "received_leg", "register", "sees_messages", "settings", "span",
    "statistics", "telephoned_event", "triage", "visit", "visits", "wanted_of", "words", "work",
]  # fmt: skip
