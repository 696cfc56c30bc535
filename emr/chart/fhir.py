"""What a doctor writes, as FHIR R4. Pure: ids and moments are given."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID
from xml.sax.saxutils import escape

from emr.chart.choices import FROM_BLOOD, PRESSURE_PANEL, VITALS
from kernel import labels

LOINC: Final = "http://loinc.org"
ICD10: Final = "http://hl7.org/fhir/sid/icd-10"
UCUM: Final = "http://unitsofmeasure.org"
TERMINOLOGY: Final = "http://terminology.hl7.org/CodeSystem/"

Resource = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One diagnosis: an ICD-10 code with its name, or the doctor's own words with code "".

    `label` and `categories` as the table of specially protected data says.
    """

    id: UUID
    code: str
    text: str
    certainty: str
    label: int = labels.CARE
    categories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Note:
    """An encounter as it was written. Vitals by the names of `VITALS`; `allergies` None = nothing said about them,
    empty = asked, none known. `based_on`: the request the visit answers, `ServiceRequest/<id>`."""

    id: UUID
    patient_id: UUID
    organisation_id: UUID
    organisation: str
    doctor_id: UUID | None
    doctor: str
    kind: str
    at: datetime
    complaint: str
    history: str = ""
    plan: str = ""
    vitals: Mapping[str, Decimal] = field(default_factory=dict)
    diagnoses: Sequence[Diagnosis] = ()
    allergies: Sequence[str] | None = None
    medicines: Sequence[tuple[str, str]] = ()
    based_on: str = ""


def _concept(system: str, code: str, display: str = "", text: str = "") -> Resource:
    coding = {"system": system, "code": code}
    if display:
        coding["display"] = display
    return {"coding": [coding], "text": text} if text else {"coding": [coding]}


def _subject(note: Note) -> Resource:
    return {"reference": f"Patient/{note.patient_id}"}


def _in_encounter(note: Note) -> Resource:
    return {"reference": f"Encounter/{note.id}"}


def _doctor(note: Note) -> Resource:
    who: Resource = {"display": note.doctor or note.organisation}
    if note.doctor_id:
        who["reference"] = f"Practitioner/{note.doctor_id}"
    return who


def _place(note: Note) -> Resource:
    return {"reference": f"Organization/{note.organisation_id}", "display": note.organisation}


def encounter(note: Note) -> Resource:
    """The visit: who was seen where by whom, why, and what was found.

    A sensitive diagnosis is not named here: its label would pass on to the visit and to all that refers to it.
    """
    told = [one for one in note.diagnoses if one.label == labels.CARE]
    resource: Resource = {
        "resourceType": "Encounter",
        "id": str(note.id),
        "status": "finished",
        "class": {"system": f"{TERMINOLOGY}v3-ActCode", "code": note.kind},
        "subject": _subject(note),
        "participant": [{"individual": _doctor(note)}],
        "period": {"start": note.at.isoformat(), "end": note.at.isoformat()},
        "reasonCode": [{"text": note.complaint}],
        "serviceProvider": _place(note),
    }
    if note.based_on:
        resource["basedOn"] = [{"reference": note.based_on}]
    if told:
        resource["diagnosis"] = [
            {"condition": {"reference": f"Condition/{one.id}", "display": one.text}, "rank": rank}
            for rank, one in enumerate(told, 1)
        ]
    return resource


def condition(note: Note, diagnosis: Diagnosis) -> Resource:
    """One diagnosis of the visit. Own words carry no coding: they are coded later (待编码)."""
    words = diagnosis.text
    code = _concept(ICD10, diagnosis.code, words, words) if diagnosis.code else {"text": words}
    return {
        "resourceType": "Condition",
        "id": str(diagnosis.id),
        "clinicalStatus": _concept(f"{TERMINOLOGY}condition-clinical", "active"),
        "verificationStatus": _concept(f"{TERMINOLOGY}condition-ver-status", diagnosis.certainty),
        "category": [_concept(f"{TERMINOLOGY}condition-category", "encounter-diagnosis")],
        "code": code,
        "subject": _subject(note),
        "encounter": _in_encounter(note),
        "recordedDate": note.at.isoformat(),
        "recorder": _doctor(note),
    }


def _quantity(name: str, value: Decimal) -> Resource:
    vital = VITALS[name]
    return {"value": float(value), "unit": vital.shown, "system": UCUM, "code": vital.unit}


def _observation(note: Note, pk: UUID, code: str, display: str, category: str = "vital-signs") -> Resource:
    return {
        "resourceType": "Observation",
        "id": str(pk),
        "status": "final",
        "category": [_concept(f"{TERMINOLOGY}observation-category", category)],
        "code": _concept(LOINC, code, display),
        "subject": _subject(note),
        "encounter": _in_encounter(note),
        "effectiveDateTime": note.at.isoformat(),
        "performer": [_doctor(note)],
    }


ENGLISH: Final = {
    "pulse": "Heart rate",
    "respiration": "Respiratory rate",
    "temperature": "Body temperature",
    "saturation": "Oxygen saturation in Arterial blood by Pulse oximetry",
    "weight": "Body weight",
    "height": "Body height",
    "glucose_fasting": "Fasting glucose [Moles/volume] in Capillary blood by Glucometer",
    "glucose_after_meal": "Glucose [Moles/volume] in Capillary blood --2 hours post meal",
}
"""LOINC display names."""


def observations(note: Note, new_id: Any) -> list[Resource]:
    """Vital signs: one resource each, both pressures in one panel. `new_id` makes ids."""
    found: list[Resource] = []
    pressures = [name for name in ("systolic", "diastolic") if name in note.vitals]
    if pressures:
        panel = _observation(note, new_id(), PRESSURE_PANEL, "Blood pressure panel")
        panel["component"] = [
            {
                "code": _concept(LOINC, VITALS[name].code, f"{name.capitalize()} blood pressure"),
                "valueQuantity": _quantity(name, note.vitals[name]),
            }
            for name in pressures
        ]
        found.append(panel)
    for name, display in ENGLISH.items():
        if name in note.vitals:
            category = "laboratory" if name in FROM_BLOOD else "vital-signs"
            one = _observation(note, new_id(), VITALS[name].code, display, category)
            one["valueQuantity"] = _quantity(name, note.vitals[name])
            found.append(one)
    return found


def allergies(note: Note, new_id: Any) -> list[Resource]:
    """What the patient does not tolerate; "asked, none known" is a statement of its own."""
    if note.allergies is None:
        return []
    return [_allergy(note, new_id(), text) for text in note.allergies] or [_allergy(note, new_id(), "")]


def _allergy(note: Note, pk: UUID, text: str) -> Resource:
    none_known = _concept("http://snomed.info/sct", "716186003", "No known allergy", "无已知过敏")
    return {
        "resourceType": "AllergyIntolerance",
        "id": str(pk),
        "clinicalStatus": _concept(f"{TERMINOLOGY}allergyintolerance-clinical", "active"),
        "verificationStatus": _concept(f"{TERMINOLOGY}allergyintolerance-verification", "confirmed"),
        "code": {"text": text} if text else none_known,
        "patient": _subject(note),
        "encounter": _in_encounter(note),
        "recordedDate": note.at.isoformat(),
        "recorder": _doctor(note),
    }


def medications(note: Note, new_id: Any) -> list[Resource]:
    """Medicines the patient is to take, as the doctor wrote them: name and directions."""
    return [
        {
            "resourceType": "MedicationStatement",
            "id": str(new_id()),
            "status": "active",
            "medicationCodeableConcept": {"text": name},
            "subject": _subject(note),
            "context": _in_encounter(note),
            "effectiveDateTime": note.at.isoformat(),
            "dateAsserted": note.at.isoformat(),
            "informationSource": _doctor(note),
            **({"dosage": [{"text": directions}]} if directions else {}),
        }
        for name, directions in note.medicines
    ]


def _section(title: str, code: str, words: str, entries: Sequence[Resource] = ()) -> Resource:
    paragraphs = "".join(f"<p>{escape(line)}</p>" for line in words.splitlines() if line.strip())
    section: Resource = {
        "title": title,
        "code": _concept(LOINC, code),
        "text": {
            "status": "generated",
            "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{paragraphs or "<p>-</p>"}</div>',
        },
    }
    if entries:
        section["entry"] = [{"reference": f"{one['resourceType']}/{one['id']}"} for one in entries]
    return section


def composition(note: Note, pk: UUID, parts: Mapping[str, Sequence[Resource]]) -> Resource:
    """The note as a document (门诊病历): sections in the order they are read, each pointing to its resources."""
    told = "\n".join(one.text for one in note.diagnoses)
    allergic = "" if note.allergies is None else "\n".join(note.allergies) or "无已知过敏"
    drugs = "\n".join(f"{name} {directions}".strip() for name, directions in note.medicines)
    sections = [
        _section("主诉", "10154-3", note.complaint),
        _section("现病史", "10164-2", note.history) if note.history else None,
        _section("生命体征", "8716-3", "", parts["observations"]) if parts["observations"] else None,
        _section("诊断", "29548-5", told, parts["conditions"]),
        _section("过敏", "48765-2", allergic, parts["allergies"]) if parts["allergies"] else None,
        _section("处理", "18776-5", note.plan) if note.plan else None,
        _section("用药", "10160-0", drugs, parts["medications"]) if drugs else None,
    ]
    return {
        "resourceType": "Composition",
        "id": str(pk),
        "status": "final",
        "type": _concept(LOINC, "34108-1", "Outpatient Note", "门诊病历"),
        "subject": _subject(note),
        "encounter": _in_encounter(note),
        "date": note.at.isoformat(),
        "author": [_doctor(note)],
        "title": "门诊病历",
        "custodian": _place(note),
        "section": [section for section in sections if section],
    }
