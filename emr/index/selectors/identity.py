"""The unsealed identity of one patient, for a message that must name her to another authority."""

from dataclasses import dataclass
from uuid import UUID

from emr.access import selectors as access
from emr.index import vault
from emr.index.policies import PATIENT
from kernel import labels
from kernel.actor import Actor
from kernel.errors import OutOfReach


@dataclass(frozen=True, slots=True)
class Identity:
    """Name and document number in clear. It goes into a sealed message, never into a log or a page."""

    name: str
    id_kind: str
    id_number: str


@dataclass(frozen=True, slots=True)
class Particulars:
    """What identifies a person, in clear, for a paper on which the law asks for it; never for a list or a log."""

    id_number: str
    phone: str
    address: str


def particulars(*, by: Actor, patient_id: UUID) -> Particulars:
    """Whole number, telephone and address. The verb that prints them records it before the first byte.

    Raises Refused (403) for a post that may not see them, OutOfReach (404) where the record is closed to the actor.
    """
    person = PATIENT.fetch(by, "reveal", patient_id).person
    if by.clearance < labels.IDENTITY or access.basis(by=by, patient_id=patient_id) is None:
        raise OutOfReach(code="no_basis", detail={"model": "emr.patient", "pk": str(patient_id)})
    return Particulars(vault.id_number_of(person), vault.phone_of(person), vault.address_of(person))


def identity(*, by: Actor, patient_id: UUID) -> Identity:
    """The identity behind a patient record. The verb that asks records why; 404 for a post that may not see it."""
    person = PATIENT.fetch(by, "reveal", patient_id).person
    return Identity(vault.name_of(person), person.id_kind, vault.id_number_of(person))
