"""Whether a Patient resource of another house names the person we know."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from emr.index import vault
from emr.index.engine import identity, names
from emr.index.fhir import ID_SYSTEM
from emr.index.models import Patient, Person

KINDS = {system: kind for kind, system in ID_SYSTEM.items()}


def document_key(resource: Mapping[str, Any]) -> bytes | None:
    """The keyed hash of the resource's document number; None where it has none."""
    for one in resource.get("identifier") or []:
        kind = KINDS.get(one.get("system", ""))
        if kind and one.get("value"):
            return vault.id_key(kind, identity.clean(str(one["value"])))
    return None


def names_person(*, patient_id: UUID, resource: Mapping[str, Any]) -> bool:
    """Whether the resource is about the person behind this record: by document number where both have one, else by
    name and day of birth."""
    person = Patient.objects.select_related("person").get(pk=patient_id).person
    key = document_key(resource)
    if key is not None and person.id_key is not None:
        return key == bytes(person.id_key)
    return _same_name(person, resource) and _born(resource) == person.birth_date


def _same_name(person: Person, resource: Mapping[str, Any]) -> bool:
    return names.normal(vault.name_of(person)) in {
        names.normal(_text(name)) for name in resource.get("name") or []
    }


def _text(name: Mapping[str, Any]) -> str:
    return str(name.get("text") or f"{name.get('family', '')}{''.join(name.get('given') or [])}")


def _born(resource: Mapping[str, Any]) -> date | None:
    try:
        return date.fromisoformat(str(resource.get("birthDate", "")))
    except ValueError:
        return None
