"""Tables of referral, split by noun."""

from referral.models.form import Attachment, FormVersion
from referral.models.history import HistoryEntry
from referral.models.leg import Referral
from referral.models.plan import PlanItem

__all__ = ["Attachment", "FormVersion", "HistoryEntry", "PlanItem", "Referral"]
