"""A Patient that another system sends through /fhir/ becomes a registration or a correction."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from consortium import selectors as consortium
from emr.index.choices import FHIR_GENDER, IdKind, NoIdReason
from emr.index.fhir import ID_SYSTEM, MOTHER, local_system
from emr.index.models import Patient
from emr.index.services.changes import correct, declare_dead
from emr.index.services.registration import register
from emr.repository import selectors as repository
from kernel import clock
from kernel.actor import Actor
from kernel.errors import Invalid, OutOfReach, Refused

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

    A death it tells is declared. Raises Invalid (422) naming what is missing, Conflict (409) as `register` and
    `correct` do.
    """
    said, died, mother_id = particulars(resource), _died(resource), _mother(by, resource)
    if mother_id and said["id_kind"] == IdKind.NONE:
        said["no_id_reason"] = NoIdReason.NEWBORN
    _demand_keeper(resource)
    _demand_no_link(resource)
    if by.organisation is None:
        raise Refused(detail={"action": "emr.patient_registered"})
    if patient_id is not None:
        row = Patient.objects.filter(pk=patient_id).values_list("version", flat=True).first()
        patient = correct(by=by, patient_id=patient_id, version=version or row or 0, **said)
    else:
        number = _local_number(resource, by.organisation)
        patient = register(by=by, key=key, local_number=number, mother_id=mother_id, **said)
    if died and patient.person.deceased_at is None:
        return declare_dead(by=by, patient_id=patient.pk, at=died)
    return patient


def _died(resource: Mapping[str, Any]) -> datetime | None:
    """When the patient died, of a sender who says so. Raises Invalid for a death without its time."""
    if resource.get("deceasedBoolean"):
        raise Invalid(fields={"deceasedDateTime": _("Say when the patient died.")})
    text = str(resource.get("deceasedDateTime") or "")
    if not text:
        return None
    told = datetime.fromisoformat(text + "-01-01"[len(text) - 4 :] if len(text) in (4, 7) else text)
    return told if told.tzinfo else told.replace(tzinfo=clock.COUNTY)


def _demand_keeper(resource: Mapping[str, Any]) -> None:
    """Raise Invalid for an institution of the record nobody knows; it stays the one that registers."""
    reference = str((resource.get("managingOrganization") or {}).get("reference", ""))
    kind, _slash, id_ = reference.partition("/")
    if kind == "Organization" and not (_uuid(id_) and consortium.organisations([UUID(id_)])):
        words = {"reference": reference[:80]}
        raise Invalid(_("%(reference)s is no institution known here.") % words, code="unknown_organisation")


def _demand_no_link(resource: Mapping[str, Any]) -> None:
    """Raise Invalid for `Patient.link`: it changes what the record means (a modifier element, FHIR R4), so that
    passing it over would be worse than refusing it."""
    if resource.get("link"):
        sentence = _(
            "Two records are joined at the identity desk, not by link; a newborn's mother is named in the "
            "extension %(url)s."
        )
        raise Invalid(fields={"link": sentence % {"url": MOTHER}})


def _mother(by: Actor, resource: Mapping[str, Any]) -> UUID | None:
    """The record of the mother whom a newborn's sender names. Raises Invalid when it is not open to the sender."""
    extensions = [one for one in resource.get("extension", []) if one.get("url") == MOTHER]
    named = str(extensions[0].get("valueReference", {}).get("reference", "")) if extensions else ""
    if not named:
        return None
    kind, _slash, id_ = named.partition("/")
    try:
        repository.read(by=by, kind="Patient", id=id_ if kind == "Patient" else "")
    except OutOfReach:
        sentence = _("%(reference)s does not exist here, or its record is not open to you.")
        raise Invalid(sentence % {"reference": named[:80]}, code="unknown_patient") from None
    return UUID(id_)


def _uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


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
