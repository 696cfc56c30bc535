"""The house itself needs a telephone number: a message to the patient goes out."""

from uuid import UUID

from django.db import transaction

from emr.index import vault
from emr.index.policies import PATIENT
from kernel import audit
from kernel.actor import Actor


@transaction.atomic
def reach(*, by: Actor, patient_id: UUID) -> str:
    """The patient's telephone in clear, "" for none; for a message that is sealed again at once."""
    patient = PATIENT.fetch(by, "reach", patient_id)
    audit.record(by=by, action="emr.telephone_used", subject=patient, patient=patient_id)
    return vault.phone_of(patient.person)
