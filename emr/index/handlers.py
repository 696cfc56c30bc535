"""A Patient sent to /fhir/ is a registration or a correction here."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from emr.index import carried, services
from emr.repository.services import gates
from kernel.actor import Actor


def take_patient(by: Actor, resource: Mapping[str, Any], patient_id: UUID | None) -> UUID:
    """The gate of the repository for Patient: answers the id of the record."""
    with carried.beside(resource, patient_id=patient_id, organisation_id=by.organisation):
        return services.receive(by=by, key="", resource=resource, patient_id=patient_id).pk


gates.register("Patient", take_patient)
