"""A sheet as FHIR R4: one MedicationRequest a medicine under one groupIdentifier, and a Provenance. Pure."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from emr.prescriptions.choices import OFTEN, REFUSED_CODE, UNITS, Kind, Route
from emr.prescriptions.engine.sheet import Content, Line, last_day
from emr.prescriptions.engine.words import directions, medicine

Json = dict[str, Any]

NUMBER: Final = "urn:lianyi:prescription-number"
SHEET: Final = "urn:lianyi:prescription"
EVENT: Final = "urn:lianyi:prescription-event"
ROUTE: Final = "urn:lianyi:wst364:CV06.00.102"
STATUS_REASON: Final = "urn:lianyi:prescription-void-reason"
UCUM: Final = "http://unitsofmeasure.org"
ABBREVIATION: Final = "http://terminology.hl7.org/CodeSystem/v3-GTSAbbreviation"
AGENT: Final = "http://terminology.hl7.org/CodeSystem/provenance-participant-type"
COURSE: Final = "http://terminology.hl7.org/CodeSystem/medicationrequest-course-of-therapy"
CATEGORY: Final = "http://terminology.hl7.org/CodeSystem/medicationrequest-category"
AUTHOR: Final = {"system": "urn:iso-astm:E1762-95:2013", "code": "1.2.840.10065.1.12.1.1"}
"""Author's signature."""
VERIFIER: Final = {"system": "urn:iso-astm:E1762-95:2013", "code": "1.2.840.10065.1.12.1.5"}
"""Verification signature."""


@dataclass(frozen=True, slots=True)
class Names:
    """How a reader knows the doctor and the institution."""

    doctor: str
    organisation: str


@dataclass(frozen=True, slots=True)
class Void:
    """Why and by whom a sheet was made void. `status`: entered-in-error or cancelled."""

    status: str
    code: str
    words: str
    at: datetime
    by: UUID
    name: str


@dataclass(frozen=True, slots=True)
class Second:
    """What a physician said to an assistant's sheet: signed it too, with `signature` (algorithm and value in base64),
    or refused it with `words`."""

    at: datetime
    by: UUID
    name: str
    words: str = ""
    signature: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Stand:
    """Where a sheet stands. `waits`: for its second signature, until then its medicines are drafts."""

    waits: bool = False
    second: Second | None = None
    void: Void | None = None

    @property
    def status(self) -> str:
        """Of its MedicationRequests."""
        if self.void:
            return self.void.status
        refused = self.second is not None and not self.second.signature
        return "draft" if self.waits else "cancelled" if refused else "active"

    @property
    def reason(self) -> tuple[str, str] | None:
        """Code and words of why it does not count."""
        if self.void:
            return self.void.code, self.void.words
        return (REFUSED_CODE, self.second.words) if self.second and not self.second.signature else None

    @property
    def activity(self) -> str:
        """Of its Provenance."""
        if self.void:
            return "voided"
        if self.second:
            return "countersigned" if self.second.signature else REFUSED_CODE
        return "written" if self.waits else "signed"


SIGNED: Final = Stand()
"""By its doctor alone."""


def requests(pk: UUID, content: Content, names: Names, stand: Stand = SIGNED) -> list[Json]:
    """The medicines in the order of the sheet."""
    return [_request(pk, content, names, number, line, stand) for number, line in enumerate(content.lines, 1)]


def _request(pk: UUID, content: Content, names: Names, number: int, line: Line, stand: Stand) -> Json:
    resource: Json = {
        "resourceType": "MedicationRequest",
        "id": content.requests[number - 1],
        "identifier": [{"system": SHEET, "value": f"{pk}/{number}"}],
        "status": stand.status,
        "intent": "order",
        "category": [{"coding": [{"system": CATEGORY, "code": "outpatient"}]}],
        "priority": "stat" if content.kind == Kind.EMERGENCY else "routine",
        "medicationCodeableConcept": {"text": medicine(line)},
        "subject": {"reference": f"Patient/{content.patient}"},
        "encounter": {"reference": f"Encounter/{content.encounter}"},
        "authoredOn": content.signed_at,
        "requester": {"reference": f"Practitioner/{content.doctor}", "display": names.doctor},
        "reasonReference": [
            {"reference": f"Condition/{one.id}", "display": one.text} for one in content.diagnoses
        ],
        "groupIdentifier": {"system": NUMBER, "value": content.number},
        "courseOfTherapyType": {
            "coding": [{"system": COURSE, "code": "continuous" if content.kind == Kind.LONG else "acute"}]
        },
        "dosageInstruction": [_dosage(content, line)],
        "dispenseRequest": _dispense(content, line),
    }
    if stand.reason:
        code, words = stand.reason
        resource["statusReason"] = {"coding": [{"system": STATUS_REASON, "code": code}], "text": words}
    return resource


def _dosage(content: Content, line: Line) -> Json:
    often, code = OFTEN[line.often], UNITS[line.unit]
    dose: Json = {"value": float(line.dose), "unit": line.unit}
    if code:
        dose |= {"system": UCUM, "code": code}
    dosage: Json = {
        "text": directions(line),
        "timing": {"repeat": _repeat(content, line), "code": {"text": str(often.label)}},
        "route": {
            "coding": [{"system": ROUTE, "code": line.route, "display": str(Route(line.route).label)}],
        },
        "doseAndRate": [{"doseQuantity": dose}],
    }
    if often.code:
        dosage["timing"]["code"]["coding"] = [{"system": ABBREVIATION, "code": often.code}]
    if line.often == "prn":
        dosage["asNeededBoolean"] = True
    return dosage


def _repeat(content: Content, line: Line) -> Json:
    """The days the medicine is taken, and the times in a span of them."""
    often = OFTEN[line.often]
    first = datetime.fromisoformat(content.signed_at).date()
    repeat: Json = {
        "boundsPeriod": {"start": first.isoformat(), "end": last_day(first, line.days).isoformat()}
    }
    if line.often == "st":
        return repeat | {"count": 1}
    if line.often == "prn":
        return repeat
    repeat |= {"frequency": often.times, "period": often.span, "periodUnit": often.unit}
    return repeat | ({"when": [often.when]} if often.when else {})


def _dispense(content: Content, line: Line) -> Json:
    """Handed out while the sheet is valid (处方管理办法 art. 18)."""
    return {
        "validityPeriod": {"start": content.valid_date, "end": content.valid_until},
        "quantity": {"value": line.amount, "unit": line.pack},
        "expectedSupplyDuration": {"value": line.days, "unit": "d", "system": UCUM, "code": "d"},
        "performer": {"reference": f"Organization/{content.organisation}"},
    }


def provenance(
    pk: UUID, content: Content, names: Names, signature: Sequence[str], stand: Stand = SIGNED
) -> Json:
    """Who signed, with what, and who signed too or refused to; after it is void, who made it so. `signature`: algorithm
    and value in base64."""
    second, void = stand.second, stand.void
    who = {"reference": f"Practitioner/{content.doctor}", "display": names.doctor}
    place = {"reference": f"Organization/{content.organisation}", "display": names.organisation}
    agents = [{"type": _coded(AGENT, "author"), "who": who, "onBehalfOf": place}]
    signatures = [_signature(AUTHOR, who, content.signed_at, signature)]
    for one, role in ((second, "verifier"), (void, "enterer")):
        if one:
            agents.append({"type": _coded(AGENT, role), "who": _person(one), "onBehalfOf": place})
    if second and second.signature:
        signatures.append(_signature(VERIFIER, _person(second), _moment(second.at), second.signature))
    last = void or second
    at = _moment(last.at) if last else content.signed_at
    return {
        "resourceType": "Provenance",
        "id": str(pk),
        "target": [{"reference": f"MedicationRequest/{one}"} for one in content.requests],
        "occurredDateTime": at,
        "recorded": at,
        "activity": _coded(EVENT, stand.activity),
        "agent": agents,
        "signature": signatures,
    }


def _signature(kind: Json, who: Json, when: str, signature: Sequence[str]) -> Json:
    algorithm, value = signature
    return {
        "type": [kind],
        "when": when,
        "who": who,
        "targetFormat": "application/json",
        "sigFormat": f"application/x-{algorithm.lower()}",
        "data": base64.b64encode(value.encode()).decode(),
    }


def _person(one: Second | Void) -> Json:
    return {"reference": f"Practitioner/{one.by}", "display": one.name}


def _moment(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds")


def _coded(system: str, code: str) -> Json:
    return {"coding": [{"system": system, "code": code}]}
