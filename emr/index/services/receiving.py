"""A Patient that another system sends through /fhir/ becomes a registration or a correction."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from emr.index.choices import FHIR_GENDER, IdKind, NoIdReason
from emr.index.fhir import ID_SYSTEM, local_system
from emr.index.models import Patient
from emr.index.services.changes import correct
from emr.index.services.registration import register
from kernel.actor import Actor
from kernel.errors import Invalid, Refused

GENDERS = {gender: sex for sex, gender in reversed(FHIR_GENDER.items())}
SYSTEMS = {system: kind for kind, system in ID_SYSTEM.items()}


@transaction.atomic
def receive(
    *,
    by: Actor,
    key: str,
    resource: Mapping[str, Any],
    patient_id: UUID | None = None,
    version: int | None = None,
) -> Patient:
    """Register the Patient `resource` with the sender's institution, or correct record `patient_id`.

    Raises Invalid (422) naming what is missing, Conflict (409) as `register` and `correct` do.
    """
    said = particulars(resource)
    if by.organisation is None:
        raise Refused(detail={"action": "emr.patient_registered"})
    if patient_id is not None:
        row = Patient.objects.filter(pk=patient_id).values_list("version", flat=True).first()
        return correct(by=by, patient_id=patient_id, version=version or row or 0, **said)
    return register(by=by, key=key, local_number=_local_number(resource, by.organisation), **said)


def particulars(resource: Mapping[str, Any]) -> dict[str, Any]:
    """Name, sex, birth date, document, phone and address out of a Patient resource."""
    kind, number = _document(resource)
    return {
        "name": _name(resource),
        "sex": GENDERS.get(resource.get("gender", "unknown"), "9"),
        "birth_date": _birth_date(resource),
        "id_kind": kind,
        "id_number": number,
        "phone": _first(resource, "telecom", "system", "phone"),
        "address": next((part.get("text", "") for part in resource.get("address", [])), ""),
        "no_id_reason": NoIdReason.NEVER_ISSUED if kind == IdKind.NONE else "",
    }


def _name(resource: Mapping[str, Any]) -> str:
    for name in sorted(resource.get("name", []), key=lambda one: one.get("use") != "official"):
        text = name.get("text") or name.get("family", "") + "".join(name.get("given", []))
        if text:
            return str(text)
    raise Invalid(fields={"name": _("The resource has no name.")})


def _birth_date(resource: Mapping[str, Any]) -> date | None:
    text = resource.get("birthDate", "")
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        raise Invalid(fields={"birthDate": _("This is not a day.")}) from None


def _document(resource: Mapping[str, Any]) -> tuple[str, str]:
    for identifier in resource.get("identifier", []):
        kind = SYSTEMS.get(identifier.get("system"))
        if kind and identifier.get("value"):
            return kind, str(identifier["value"])
    return IdKind.NONE, ""


def _local_number(resource: Mapping[str, Any], organisation_id: UUID) -> str:
    return _first(resource, "identifier", "system", local_system(organisation_id))


def _first(resource: Mapping[str, Any], part: str, field: str, value: str) -> str:
    found = (one.get("value", "") for one in resource.get(part, []) if one.get(field) == value)
    return str(next(found, ""))
