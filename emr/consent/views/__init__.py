"""Pages of the consent room."""

from emr.consent.views.agreements import (
    agreements,
    assign_duty,
    change_consent,
    consent_scan,
    contracts,
    end_contract,
    end_duty,
    receive_request,
    sign_contract,
    withdraw,
)
from emr.consent.views.requests import answer, bundle, copy, letter, lift, request, requests

__all__ = [
    "agreements",
    "answer",
    "assign_duty",
    "bundle",
    "change_consent",
    "consent_scan",
    "contracts",
    "copy",
    "end_contract",
    "end_duty",
    "letter",
    "lift",
    "receive_request",
    "request",
    "requests",
    "sign_contract",
    "withdraw",
]
