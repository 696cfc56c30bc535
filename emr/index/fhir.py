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
MOTHER: Final = "urn:lianyi:mother"
"""Extension of a newborn's Patient: its mother's record. `Patient.link` would say that both are one person."""
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
    resource: dict[str, Any] = {
        "resourceType": "Patient",
        "id": str(facts.id),
        "identifier": _identifiers(facts),
        "active": True,
        "name": _names(facts),
        "gender": FHIR_GENDER[Sex(facts.sex)],
        "managingOrganization": {"reference": f"Organization/{facts.organisation_id}"},
    }
    if facts.sex == Sex.UNSTATED:
        coding = {"system": SEX_SYSTEM, "code": facts.sex}
        resource["_gender"] = {"extension": [{"url": "urn:lianyi:sex", "valueCoding": coding}]}
    return resource | _life(facts) | _reach(facts)


def _names(facts: Facts) -> list[dict[str, Any]]:
    official: dict[str, Any] = {"use": "official", "text": facts.family + facts.given, "family": facts.family}
    if facts.given:
        official["given"] = [facts.given]
    other = [{"use": "usual", "text": facts.other_name}] if facts.other_name else []
    return [official, *other]


def _life(facts: Facts) -> dict[str, Any]:
    """Birth, death, mother."""
    told: dict[str, Any] = {}
    if facts.birth_date:
        told["birthDate"] = facts.birth_date.isoformat()
    if facts.deceased_at:
        told["deceasedDateTime"] = facts.deceased_at.isoformat()
    if facts.mother_id:
        told["extension"] = [{"url": MOTHER, "valueReference": {"reference": f"Patient/{facts.mother_id}"}}]
    return told


def _reach(facts: Facts) -> dict[str, Any]:
    """Telephone and address."""
    told: dict[str, Any] = {}
    if facts.phone:
        told["telecom"] = [{"system": "phone", "value": facts.phone, "use": "mobile"}]
    if facts.address:
        told["address"] = [{"use": "home", "text": facts.address}]
    return told


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
