"""Tables of referral, split by noun."""

from referral.models.aside import DayChange, Discharge, PriorityChange
from referral.models.criteria import CriteriaTable
from referral.models.desk import ArrivalProposal, Guide, Invitation
from referral.models.form import Attachment, BackfillTask, FormVersion, Reach, Sketch
from referral.models.goal import IndicatorGoal
from referral.models.history import HistoryEntry
from referral.models.house import Relation, SigningRule, TimeLimit
from referral.models.leg import Referral
from referral.models.outside import Peer, PeerMessage, Telephoned
from referral.models.plan import Medicine, PlanItem
from referral.models.printout import Printout
from referral.models.question import Opinion, WardQuestion
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
