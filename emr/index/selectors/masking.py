"""One masked value of a patient, to stand again where it was unmasked for a minute."""

from typing import Final
from uuid import UUID

from emr.index.policies import PATIENT
from emr.index.selectors.cards import cards
from kernel.actor import Actor
from kernel.errors import Invalid, OutOfReach

SHOWN_FOR: Final = 60
"""Seconds an unmasked value stands on a page."""
FIELDS: Final = {"id_number": "id_masked", "phone": "phone_masked", "address": "address_masked"}


def masked(*, by: Actor, patient_id: UUID, what: str) -> str:
    """The masked `what` (`id_number`, `phone`, `address`) of a patient whose record is open to the actor."""
    PATIENT.ask(by, "reveal")
    if what not in FIELDS:
        raise Invalid(code="unknown_value")
    found = cards(by=by, patient_ids=[patient_id]).get(patient_id)
    if found is None or found.basis is None:
        raise OutOfReach(code="no_basis")
    return str(getattr(found, FIELDS[what]))
