"""Reads of the consent room."""

from emr.consent.selectors.agreements import (
    AgreementsPage,
    ConsentLine,
    ContractLine,
    DutyLine,
    agreements,
    consent_now,
    contracts_running,
    family_team,
    places,
    scan_of,
)
from emr.consent.selectors.copies import Copy, copy
from emr.consent.selectors.requests import RequestLine, request_line, requests_page, work

__all__ = [
    "AgreementsPage",
    "ConsentLine",
    "ContractLine",
    "Copy",
    "DutyLine",
    "RequestLine",
    "agreements",
    "consent_now",
    "contracts_running",
    "copy",
    "family_team",
    "places",
    "request_line",
    "requests_page",
    "scan_of",
    "work",
]
