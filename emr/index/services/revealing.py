"""The eye beside a masked value: one value, once, audited."""

from typing import Final
from uuid import UUID

from django.db import transaction

from emr.access import selectors as access
from emr.index import vault
from emr.index.policies import PATIENT
from kernel import audit
from kernel.actor import Actor
from kernel.errors import Invalid, OutOfReach

VALUES: Final = {"id_number": vault.id_number_of, "phone": vault.phone_of, "address": vault.address_of}


@transaction.atomic
def reveal(*, by: Actor, patient_id: UUID, what: str) -> str:
    """One unmasked value (`id_number`, `phone`, `address`) of a patient whose record is open to the actor."""
    patient = PATIENT.fetch(by, "reveal", patient_id)
    if what not in VALUES:
        raise Invalid(code="unknown_value")
    if access.basis(by=by, patient_id=patient_id) is None:
        raise OutOfReach(code="no_basis")
    audit.record(
        by=by, action="emr.identity_revealed", subject=patient, patient=patient_id, detail={"what": what}
    )
    return VALUES[what](patient.person)
