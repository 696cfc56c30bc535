"""A Patient sent to /fhir/ is a registration or a correction here."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from emr.index import carried, services
from emr.repository.services import gates
from kernel.actor import Actor


def take_patient(by: Actor, resource: Mapping[str, Any], patient_id: UUID | None) -> gates.Kept:
    """The gate of the repository for Patient."""
    with carried.beside(resource, patient_id=patient_id, organisation_id=by.organisation):
        patient = services.receive(by=by, key="", resource=resource, patient_id=patient_id)
    return gates.Kept(patient.pk, patient.organisation_id)


gates.register("Patient", take_patient)
