"""Every read of the insurance desk."""

from insurance_bridge.selectors.coverage import Coverage, coverage
from insurance_bridge.selectors.days import DayPage, day_page, days
from insurance_bridge.selectors.figures import Figures, figures
from insurance_bridge.selectors.listing import fee_line, settlement, settlements, visit_list
from insurance_bridge.selectors.relief import Relief, relief
from insurance_bridge.selectors.shifts import ShiftPage, my_shift, shift_page
from insurance_bridge.selectors.transfer import Transfer, transfer
from insurance_bridge.selectors.visits import DeskRow, VisitPage, deposit_left, desk, fee_items, visit_page
from insurance_bridge.selectors.work import work

__all__ = [
    "Coverage",
    "DayPage",
    "DeskRow",
    "Figures",
    "Relief",
    "ShiftPage",
    "Transfer",
    "VisitPage",
    "coverage",
    "day_page",
    "days",
    "deposit_left",
    "desk",
    "fee_items",
    "fee_line",
    "figures",
    "my_shift",
    "relief",
    "settlement",
    "settlements",
    "shift_page",
    "transfer",
    "visit_list",
    "visit_page",
    "work",
]
