"""What the record says against a medicine, and what a visit is prescribed on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from emr.chart.engine import reading
from emr.formulary import selectors as formulary
from emr.index import selectors as index
from emr.prescriptions.engine.sheet import Diagnosis, Supplied
from emr.prescriptions.fhir import SHEET
from emr.repository import selectors as repository
from kernel import clock
from kernel.actor import Actor

USUAL: Final = 7
"""Days a prescription of another system lasts that does not say how long."""
AT_MOST: Final = 60
WRONG: Final = frozenset({"refuted", "entered-in-error"})
ICD10: Final = "http://hl7.org/fhir/sid/icd-10"


@dataclass(frozen=True, slots=True)
class Visit:
    """The visit a sheet is written in: when it was, and its diagnoses as far as they are open to the actor."""

    id: str
    patient_id: UUID
    at: datetime | None
    organisation_id: str
    diagnoses: tuple[Diagnosis, ...]


def visit(*, by: Actor, encounter_id: UUID) -> Visit:
    """Raises OutOfReach (404) for a visit that is not open to the actor."""
    resource = repository.read(by=by, kind="Encounter", id=str(encounter_id))
    patient = UUID(reading.key_of(resource.get("subject")))
    told = repository.of_patient(by=by, patient_id=patient, kind="Condition", limit=AT_MOST)
    found = [
        Diagnosis(str(one["id"]), reading.code(one.get("code"), ICD10), reading.words(one.get("code")))
        for one in told
        if reading.key_of(one.get("encounter")) == str(encounter_id)
        and reading.code(one.get("verificationStatus")) not in WRONG
    ]
    return Visit(
        id=str(encounter_id),
        patient_id=patient,
        at=reading.moment((resource.get("period") or {}).get("start")),
        organisation_id=reading.key_of(resource.get("serviceProvider")),
        diagnoses=tuple(reversed(found)),
    )


def allergies(*, by: Actor, patient_id: UUID) -> tuple[str, ...]:
    """What the patient does not tolerate, of all hospitals."""
    return index.card(by=by, patient_id=patient_id).allergies


def supplied(*, by: Actor, patient_id: UUID) -> list[Supplied]:
    """What prescriptions of all hospitals give the patient now, as far as they are open to the actor; those that wait
    for their second signature while they are valid count already."""
    told = repository.of_patient(by=by, patient_id=patient_id, kind="MedicationRequest", limit=AT_MOST)
    found = [_supplied(one) for one in told if one.get("status") == "active" or _waits(one)]
    return [one for one in found if one is not None]


def _waits(resource: Mapping[str, Any]) -> bool:
    """A draft of ours that can still be signed; another system's may be anything."""
    ours = any(one.get("system") == SHEET for one in resource.get("identifier") or ())
    valid = (resource.get("dispenseRequest") or {}).get("validityPeriod") or {}
    until = reading.moment(valid.get("end"))
    return (
        ours
        and resource.get("status") == "draft"
        and until is not None
        and clock.day_of(until) >= clock.today()
    )


def _supplied(resource: Mapping[str, Any]) -> Supplied | None:
    until = last_day(resource)
    if until is None:
        return None
    name = reading.words(resource.get("medicationCodeableConcept"))
    return Supplied(name, until, reading.display(resource.get("requester")))


def last_day(resource: Mapping[str, Any]) -> date | None:
    """The last day a MedicationRequest lasts: as it says, else its supply from the day it was written."""
    dosage = (resource.get("dosageInstruction") or [{}])[0]
    bounds = ((dosage.get("timing") or {}).get("repeat") or {}).get("boundsPeriod") or {}
    if said := reading.moment(bounds.get("end")):
        return clock.day_of(said)
    written = reading.moment(resource.get("authoredOn"))
    if written is None:
        return None
    supply = (resource.get("dispenseRequest") or {}).get("expectedSupplyDuration") or {}
    days = supply.get("value") if supply.get("code") == "d" else None
    return clock.day_of(written) + timedelta(days=int(days or USUAL) - 1)


def missing(*, organisation_id: UUID, names: list[str]) -> Mapping[str, str]:
    """Words by the name of each medicine the institution is known not to have now."""
    known = formulary.supply(organisation_id, names)
    return {name: str(answer.state.label) for name, answer in known.items() if answer.missing}


def unlisted(*, organisation_id: UUID, names: list[str]) -> list[str]:
    """Medicines that stand on no line of the institution's list: a village doctor prescribes from it alone."""
    known = formulary.supply(organisation_id, names)
    return [name for name, answer in known.items() if not answer.listed]
