"""Every write of a referral, by side."""

from referral.services.announcing import announce
from referral.services.down import finish_plan, log_visit, start_down_leg, start_rehab
from referral.services.receiving import accept, admit, arrive, complete_care, reject, schedule
from referral.services.sending import acknowledge, discard, draft, edit, submit, withdraw

__all__ = [
    "accept",
    "acknowledge",
    "admit",
    "announce",
    "arrive",
    "complete_care",
    "discard",
    "draft",
    "edit",
    "finish_plan",
    "log_visit",
    "reject",
    "schedule",
    "start_down_leg",
    "start_rehab",
    "submit",
    "withdraw",
]
