"""Every read of referrals, starting at the policy's rows."""

from referral.selectors.board import Row, arrivals, board, followups, legs_of, overdue
from referral.selectors.detail import Detail, chosen, detail
from referral.selectors.form import FormPage, form_page, may_refer
from referral.selectors.listing import history, listed
from referral.selectors.paper import Paper, paper
from referral.selectors.stats import Figures, figures
from referral.selectors.work import work

__all__ = [
    "Detail",
    "Figures",
    "FormPage",
    "Paper",
    "Row",
    "arrivals",
    "board",
    "chosen",
    "detail",
    "figures",
    "followups",
    "form_page",
    "history",
    "legs_of",
    "listed",
    "may_refer",
    "overdue",
    "paper",
    "work",
]
