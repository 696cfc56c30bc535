"""What the table of answers itself must say."""

import re

from consortium.choices import MANAGERS, Role
from tests.access.table import table

CLINICAL = ("emr:", "diagnostics:", "imaging:", "ecg:", "referral:", "insurance_bridge:", "fhir", "dicomweb:")
OPEN_TO_ALL = {"emr:icd10"}
"""Clinical rooms' addresses that name nobody: the code list."""
LISTS = re.compile(r"^(fhir:(kind|search|root)|fhir_base|dicomweb:.*/(series|instances))")
"""Searches: they answer everybody who may search, with nothing in it that is out of reach."""
OPEN_OUTSIDE = {
    "fhir:validate": "what is sent is judged and given back: nothing of anybody is shown",
    "referral:stats_rows": "legs behind a number: a name shows where the leg itself opens",
    "api:organisation": "the directory is open to whoever acts",
    "emr:open": "the ways to open a closed record: masked name, sex, age, home; not for managers, leader, statistician",
    "diagnostics:patient_panel": "a panel of the chart: empty without a basis",
    "referral:patient_panel": "as above",
    "ecg:unmatched_recording": "recordings nobody was matched to are read at the head hospital, whoever sent them",
    "ecg:samples": "as above",
    "insurance_bridge:day": "a date is nobody's: each institution sees its own day",
    "insurance_bridge:compare": "as above",
    "insurance_bridge:close_day": "as above",
}
"""What answers outside of reach all the same, each with its reason."""
FORMS = {"ecg:upload", "referral:beds", "referral:stats_definitions", "emr:labels"}
"""Pages that show a manager a form, free beds, what figures mean or the label table: nobody's data."""


def clinical() -> list[tuple[tuple[str, str], dict[str, str]]]:
    return [(key, row) for key, row in table().items() if key[0].startswith((*CLINICAL, "api:"))]


def test_nothing_clinical_outside_of_reach_is_open_to_anybody():
    wrong = [
        (key, who)
        for key, row in clinical()
        if not LISTS.match(key[0]) and key[0] not in OPEN_TO_ALL | OPEN_OUTSIDE.keys()
        for who, cell in row.items()
        if cell[1:] in ("o", "!")
    ]
    assert wrong == []


def test_the_three_managers_are_shown_nothing_clinical():
    told = {"fhir:metadata", "fhir:smart", "emr:glass_overview", *FORMS, *OPEN_TO_ALL}
    wrong = [
        (key, who)
        for key, row in clinical()
        if key[0] not in told and not LISTS.match(key[0])
        for who in sorted(MANAGERS)
        if "o" in row[who]
    ]
    assert wrong == []


def test_each_console_opens_to_its_manager_alone():
    home = {"ops": Role.SYSTEM_MANAGER, "security": Role.SECURITY_MANAGER, "audit": Role.AUDIT_MANAGER}
    for name, manager in home.items():
        row = table()[f"consortium:{name}", "GET"]
        assert {who for who, cell in row.items() if cell == "o"} == {manager}


def test_a_stranger_is_sent_to_the_sign_in():
    """What answers nobody in particular is named here, and nothing else does."""
    public = {key[0] for key, row in table().items() if "o" in row["nobody"]}
    assert public <= PUBLIC


PUBLIC = {
    "consortium:sign_in", "consortium:second", "consortium:enrol", "consortium:passkey", "consortium:demo_codes",
    "consortium:demo_texts",
    "consortium:sign_out", "consortium:lock", "consortium:switch", "consortium:come_back", "consortium:here",
    "fhir:metadata", "fhir:smart", "oauth_token", "healthz", "readyz", "metrics", "portal:set_language", "portal:theme",
    "api_schema", "api_docs", "check_paper",
}  # fmt: skip
