"""On what the receiving side reads: a Consent."""

from datetime import datetime
from typing import Final

from referral.choices import ConsentBasis, Status
from referral.fhir.common import TERMINOLOGY, Json, Names, concept, instant, reference
from referral.models import Referral

ACT_CODE: Final = f"{TERMINOLOGY}v3-ActCode"
CONFIDENTIALITY: Final = f"{TERMINOLOGY}v3-Confidentiality"
WHO: Final = {ConsentBasis.PATIENT: "患者本人", ConsentBasis.RELATIVE: "患者家属"}


def consent(referral: Referral, names: Names, *, until: datetime | None, open_: bool) -> Json:
    """The agreement the leg rests on, for whom and how long. An emergency's stands as proposed until it is given.

    `open_`: whether the receiving side still reads; `until`: the end, where it is known.
    """
    emergency = referral.consent == ConsentBasis.EMERGENCY
    period: Json = {"start": instant(referral.submitted_at or referral.created_at)}
    if until is not None:
        period["end"] = instant(max(until, referral.submitted_at or referral.created_at))
    answer: Json = {
        "resourceType": "Consent",
        "id": f"{referral.pk}-c",
        "status": _status(referral, emergency=emergency, open_=open_),
        "scope": concept(f"{TERMINOLOGY}consentscope", "treatment"),
        "category": [concept(ACT_CODE, "INFA")],
        "patient": {"reference": f"Patient/{referral.patient_id}"},
        "dateTime": period["start"],
        "organization": [reference("Organization", referral.source_id, names)],
        "sourceReference": {"display": f"转出单 {referral.number}"},
        "policyRule": {"text": "急诊抢救，知情同意后补" if emergency else "双向转诊知情同意"},
        "provision": _provision(referral, names, period),
    }
    if by := WHO.get(ConsentBasis(referral.consent)):
        answer["performer"] = [{"display": f"{by} {_signer(referral)}".strip()}]
    return answer


def _signer(referral: Referral) -> str:
    """Who signed, where a relative did: the patient's own name stands in the record."""
    return f"{referral.signer}（{referral.get_relation_display()}）" if referral.signer else ""


def _provision(referral: Referral, names: Names, period: Json) -> Json:
    """Who may read, how long, up to which confidentiality, what for."""
    return {
        "type": "permit",
        "period": period,
        "actor": [
            {
                "role": concept(f"{TERMINOLOGY}v3-ParticipationType", "IRCP"),
                "reference": reference("Organization", referral.target_id, names),
            }
        ],
        "securityLabel": [{"system": CONFIDENTIALITY, "code": "V" if referral.opens_protected else "R"}],
        "purpose": [{"system": f"{TERMINOLOGY}v3-ActReason", "code": "TREAT"}],
    }


def _status(referral: Referral, *, emergency: bool, open_: bool) -> str:
    if referral.status == Status.ENTERED_IN_ERROR:
        return "entered-in-error"
    if not open_:
        return "inactive"
    return "proposed" if emergency else "active"
