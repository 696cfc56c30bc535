"""What identifies a person: sealed for keeping, hashed with keys for finding."""

from collections.abc import Iterable
from uuid import UUID

from emr.index.engine import names
from emr.index.models import Patient, Person
from kernel import crypto

SIGNED = 1 << 63
WRAP = 1 << 64


def seal_name(person_id: UUID, name: str) -> bytes:
    return crypto.seal("emr_person.name", person_id, name)


def name_of(person: Person) -> str:
    """The person's official name."""
    return crypto.unseal("emr_person.name", person.pk, person.name_sealed)


def seal_other_name(patient_id: UUID, name: str) -> bytes:
    return crypto.seal("emr_patient.other_name", patient_id, name)


def other_name_of(patient: Patient) -> str:
    """The name this hospital recorded beside the official one, or ""."""
    sealed = patient.other_name_sealed
    return crypto.unseal("emr_patient.other_name", patient.pk, sealed) if sealed else ""


def seal_id_number(person_id: UUID, number: str) -> bytes:
    return crypto.seal("emr_person.id_number", person_id, number)


def id_number_of(person: Person) -> str:
    return crypto.unseal("emr_person.id_number", person.pk, person.id_sealed) if person.id_sealed else ""


def seal_phone(person_id: UUID, phone: str) -> bytes:
    return crypto.seal("emr_person.phone", person_id, phone)


def phone_of(person: Person) -> str:
    return crypto.unseal("emr_person.phone", person.pk, person.phone_sealed) if person.phone_sealed else ""


def seal_address(person_id: UUID, address: str) -> bytes:
    return crypto.seal("emr_person.address", person_id, address)


def address_of(person: Person) -> str:
    sealed = person.address_sealed
    return crypto.unseal("emr_person.address", person.pk, sealed) if sealed else ""


def id_key(kind: str, number: str) -> bytes:
    """Blind index of one document; the same digits under another kind are another document."""
    return crypto.blind("emr_person.id_number", f"{kind}:{number}")


def phone_key(phone: str) -> bytes:
    return crypto.blind("emr_person.phone", phone)


def name_key(name: str) -> bytes:
    """Blind index of a whole name, however typed."""
    return crypto.blind("emr_person.name", names.normal(name))


def token(organisation_id: UUID | str, piece: str) -> int:
    """Keyed signed 64-bit hash of a piece of a name in one hospital."""
    digest = crypto.blind("emr_patient.tokens", f"{organisation_id}:{piece}")
    value = int.from_bytes(digest[:8], "big")
    return value - WRAP if value >= SIGNED else value


def tokens(organisation_id: UUID | str, known_as: Iterable[str]) -> list[int]:
    """All tokens of a patient known under these names in one hospital."""
    pieces = frozenset().union(*(names.pieces(name) for name in known_as if name))
    return sorted({token(organisation_id, piece) for piece in pieces})
