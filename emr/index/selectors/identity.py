"""The unsealed identity of one patient, for a message that must name her to another authority."""

from dataclasses import dataclass
from uuid import UUID

from emr.index import vault
from emr.index.policies import PATIENT
from kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class Identity:
    """Name and document number in clear. It goes into a sealed message, never into a log or a page."""

    name: str
    id_kind: str
    id_number: str


def identity(*, by: Actor, patient_id: UUID) -> Identity:
    """The identity behind a patient record. The verb that asks records why; 404 for a post that may not see it."""
    person = PATIENT.fetch(by, "reveal", patient_id).person
    return Identity(vault.name_of(person), person.id_kind, vault.id_number_of(person))
