"""Patients that arrive through /fhir/ are registered or corrected here."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from emr.index import carried, services
from emr.repository.services import gates
from kernel.actor import Actor


def take_in(by: Actor, resource: Mapping[str, Any], patient_id: UUID | None) -> UUID:
    """The record this Patient is, newly registered or corrected."""
    with carried.beside(resource):
        return services.receive(by=by, key="", resource=resource, patient_id=patient_id).pk


gates.register("Patient", take_in)
