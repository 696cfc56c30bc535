"""What every resource of a leg is made with."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from referral.choices import Priority

Json = dict[str, Any]
Names = Mapping[UUID, str]

NUMBER: Final = "urn:lianyi:referral-number"
STEP: Final = "urn:lianyi:referral-status"
EVENT: Final = "urn:lianyi:referral-event"
REJECT: Final = "urn:lianyi:referral-reject"
ICD10: Final = "http://hl7.org/fhir/sid/icd-10"
TERMINOLOGY: Final = "http://terminology.hl7.org/CodeSystem/"
PRIORITY: Final[Mapping[str, str]] = {
    Priority.EMERGENCY: "stat",
    Priority.URGENT: "urgent",
    Priority.ROUTINE: "routine",
}


def instant(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds")


def reference(kind: str, pk: UUID | str | None, names: Names) -> Json:
    """A reference with the name a reader knows it by; without an id the kind stands for nobody named."""
    answer: Json = {"reference": f"{kind}/{pk}"}
    if isinstance(pk, UUID) and pk in names:
        answer["display"] = names[pk]
    return answer


def concept(system: str, code: str, display: str = "", text: str = "") -> Json:
    coding: Json = {"system": system, "code": code}
    if display:
        coding["display"] = display
    return {"coding": [coding], **({"text": text} if text else {})}


def reason_of(words: str, code: str = "") -> Json:
    """A diagnosis as a concept: coded where the doctor found a code, always in her words."""
    return concept(ICD10, code, text=words) if code else {"text": words}
