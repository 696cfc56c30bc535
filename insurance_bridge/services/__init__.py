"""Every write of the insurance desk, by noun."""

from insurance_bridge.services.cases import end_case
from insurance_bridge.services.days import close_day, compare_day
from insurance_bridge.services.exchange import advance_due
from insurance_bridge.services.fees import add_fee, charge_exam, load_catalogue, void_fee
from insurance_bridge.services.settlements import cancel_settlement, request_settlement
from insurance_bridge.services.shifts import (
    close_shift,
    give_refund,
    return_deposit,
    take_deposit,
    take_payment,
)
from insurance_bridge.services.unknowns import look_again
from insurance_bridge.services.visits import check_eligibility, open_visit

__all__ = [
    "add_fee",
    "advance_due",
    "cancel_settlement",
    "charge_exam",
    "check_eligibility",
    "close_day",
    "close_shift",
    "compare_day",
    "end_case",
    "give_refund",
    "load_catalogue",
    "look_again",
    "open_visit",
    "request_settlement",
    "return_deposit",
    "take_deposit",
    "take_payment",
    "void_fee",
]
