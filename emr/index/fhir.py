"""Patient as FHIR R4. Pure."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from emr.index.choices import FHIR_GENDER, IdKind, Sex

ID_SYSTEM: Final = {
    IdKind.RESIDENT: "urn:oid:2.16.156.10011.1.3",
    IdKind.HK_MACAO_TAIWAN: "urn:lianyi:id:hmt-residence",
    IdKind.PERMANENT: "urn:lianyi:id:permanent-residence",
    IdKind.PASSPORT: "urn:lianyi:id:passport",
}
"""Identifier systems; the first is the OID of the resident identity number (居民身份证号)."""
TYPES: Final = "http://terminology.hl7.org/CodeSystem/v2-0203"
SEX_SYSTEM: Final = "urn:oid:2.16.156.10011.2.3.3.4"
"""GB/T 2261.1."""


def local_system(organisation_id: UUID) -> str:
    """Identifier system of one hospital's patient numbers."""
    return f"urn:lianyi:organisation:{organisation_id}:patient"


@dataclass(frozen=True, slots=True)
class Facts:
    """What a hospital's record says about who the patient is, unsealed."""

    id: UUID
    organisation_id: UUID
    local_number: str
    family: str
    given: str
    other_name: str
    sex: str
    birth_date: date | None
    id_kind: str
    id_number: str
    phone: str
    address: str
    mother_id: UUID | None
    deceased_at: datetime | None


def patient(facts: Facts) -> dict[str, Any]:
    """The Patient resource of one hospital's record."""
    names = [{"use": "official", "text": facts.family + facts.given, "family": facts.family}]
    if facts.given:
        names[0]["given"] = [facts.given]  # type: ignore[assignment]  # FHIR: an array beside plain strings
    if facts.other_name:
        names.append({"use": "usual", "text": facts.other_name})
    resource: dict[str, Any] = {
        "resourceType": "Patient",
        "id": str(facts.id),
        "identifier": _identifiers(facts),
        "active": True,
        "name": names,
        "gender": FHIR_GENDER[Sex(facts.sex)],
        "managingOrganization": {"reference": f"Organization/{facts.organisation_id}"},
    }
    if facts.sex == Sex.UNSTATED:
        resource["_gender"] = {
            "extension": [{"url": "urn:lianyi:sex", "valueCoding": {"system": SEX_SYSTEM, "code": facts.sex}}]
        }
    if facts.birth_date:
        resource["birthDate"] = facts.birth_date.isoformat()
    if facts.phone:
        resource["telecom"] = [{"system": "phone", "value": facts.phone, "use": "mobile"}]
    if facts.address:
        resource["address"] = [{"use": "home", "text": facts.address}]
    if facts.deceased_at:
        resource["deceasedDateTime"] = facts.deceased_at.isoformat()
    if facts.mother_id:
        resource["link"] = [{"other": {"reference": f"Patient/{facts.mother_id}"}, "type": "seealso"}]
    return resource


def _identifiers(facts: Facts) -> list[dict[str, Any]]:
    local = {
        "use": "usual",
        "type": {"coding": [{"system": TYPES, "code": "MR"}]},
        "system": local_system(facts.organisation_id),
        "value": facts.local_number,
    }
    if not facts.id_number:
        return [local]
    code = "PPN" if facts.id_kind == IdKind.PASSPORT else "NI"
    official = {
        "use": "official",
        "type": {"coding": [{"system": TYPES, "code": code}]},
        "system": ID_SYSTEM[IdKind(facts.id_kind)],
        "value": facts.id_number,
    }
    return [official, local]
