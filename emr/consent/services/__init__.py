"""Writes of the consent room."""

from emr.consent.services.consents import change, give, withdraw
from emr.consent.services.contracts import end_contract, sign_contract
from emr.consent.services.duties import assign_public_health, end_public_health
from emr.consent.services.requests import answer, export, lift, receive

__all__ = [
    "answer",
    "assign_public_health",
    "change",
    "end_contract",
    "end_public_health",
    "export",
    "give",
    "lift",
    "receive",
    "sign_contract",
    "withdraw",
]
