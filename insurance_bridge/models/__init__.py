"""Tables of the insurance desk, by noun."""

from insurance_bridge.models.days import Case, Day, Group
from insurance_bridge.models.fees import FeeItem, FeeLine
from insurance_bridge.models.messages import Message
from insurance_bridge.models.money import LedgerEntry, Receipt, Shift
from insurance_bridge.models.visits import Settlement, Visit

__all__ = [
    "Case",
    "Day",
    "FeeItem",
    "FeeLine",
    "Group",
    "LedgerEntry",
    "Message",
    "Receipt",
    "Settlement",
    "Shift",
    "Visit",
]
