"""Tables of referral, split by noun."""

from referral.models.asking import WardQuestion
from referral.models.clock import BackfillTask, DayChange, Discharge, PriorityChange, TimeLimit
from referral.models.criteria import CriteriaTable
from referral.models.desk import ArrivalProposal, Guide, Invitation
from referral.models.form import Attachment, FormVersion
from referral.models.goal import IndicatorGoal
from referral.models.history import HistoryEntry
from referral.models.house import SigningRule
from referral.models.leg import Referral
from referral.models.opinion import Opinion
from referral.models.outside import Peer, PeerMessage, Telephoned
from referral.models.plan import Medicine, PlanItem
from referral.models.printout import Printout
from referral.models.reach import Reach
from referral.models.relation import Relation
from referral.models.sketch import Sketch
from referral.models.talk import Comment, CommentReading
from referral.models.tally import Tally
from referral.models.way import CallNote, Handover

__all__ = [
    "ArrivalProposal",
    "Attachment",
    "BackfillTask",
    "CallNote",
    "Comment",
    "CommentReading",
    "CriteriaTable",
    "DayChange",
    "Discharge",
    "FormVersion",
    "Guide",
    "Handover",
    "HistoryEntry",
    "IndicatorGoal",
    "Invitation",
    "Medicine",
    "Opinion",
    "Peer",
    "PeerMessage",
    "PlanItem",
    "Printout",
    "PriorityChange",
    "Reach",
    "Referral",
    "Relation",
    "SigningRule",
    "Sketch",
    "Tally",
    "Telephoned",
    "TimeLimit",
    "WardQuestion",
]  # fmt: skip
