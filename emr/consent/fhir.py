"""A consent as FHIR R4. Pure: rows and names are given."""

from typing import Any, Final

from emr.access.choices import Purpose
from emr.consent.choices import ConsentStatus, Decision, Scope
from emr.consent.models import Consent, ConsentVersion

TERMINOLOGY: Final = "http://terminology.hl7.org/CodeSystem/"
REASON: Final = {
    Purpose.TREATMENT: "TREAT",
    Purpose.QUALITY: "HQUALIMP",
    Purpose.RESEARCH: "HRESCH",
    Purpose.SETTLEMENT: "HPAYMT",
}
"""Purposes as v3-ActReason says them."""

Resource = dict[str, Any]


def _coding(system: str, code: str) -> Resource:
    return {"system": f"{TERMINOLOGY}{system}", "code": code}


def consent(row: Consent, said: ConsentVersion, places: dict[Any, str]) -> Resource:
    """The terms in force, or the last ones of a withdrawn consent (status inactive)."""
    permit = said.decision == Decision.PERMIT
    return {
        "resourceType": "Consent",
        "id": str(row.pk),
        "status": "active" if row.status == ConsentStatus.ACTIVE else "inactive",
        "scope": {"coding": [_coding("consentscope", "patient-privacy")]},
        "category": [{"coding": [{"system": "http://loinc.org", "code": "59284-0"}]}],
        "patient": {"reference": f"Patient/{row.patient_id}"},
        "dateTime": said.said_at.isoformat(),
        "organization": [_place(row.organisation_id, places)],
        "policyRule": {"coding": [_coding("v3-ActCode", "OPTIN" if permit else "OPTOUT")]},
        "verification": [{"verified": True, "verificationDate": said.said_at.isoformat()}],
        "provision": _provision(said, places),
    }


def _provision(said: ConsentVersion, places: dict[Any, str]) -> Resource:
    period = {"start": said.since_at.isoformat()}
    if said.until_at:
        period["end"] = said.until_at.isoformat()
    provision: Resource = {
        "type": said.decision,
        "period": period,
        "purpose": [_coding("v3-ActReason", REASON[Purpose(said.purpose)])],
        "securityLabel": [_coding("v3-Confidentiality", "V" if said.scope == Scope.SENSITIVE else "R")],
    }
    if said.organisation_id:
        role = {"coding": [_coding("v3-ParticipationType", "IRCP")]}
        provision["actor"] = [{"role": role, "reference": _place(said.organisation_id, places)}]
    return provision


def _place(pk: Any, places: dict[Any, str]) -> Resource:
    return {"reference": f"Organization/{pk}", "display": places.get(pk, "")}
