"""Exam request, its task and its report as FHIR R4 dictionaries, and the bytes a report's signature covers. Pure."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from html import escape
from typing import Any
from uuid import UUID

from diagnostics.choices import MaterialKind, Modality, Outcome, Priority, ReportState, Status
from diagnostics.models import ExamRequest, Material, Report

Json = dict[str, Any]
Names = Mapping[UUID, str]

ACCESSION = "urn:lianyi:accession"
ITEM = "urn:lianyi:exam-item"
STEP = "urn:lianyi:exam-status"
FINDINGS = "urn:lianyi:report-findings"
ADVICE = "urn:lianyi:report-advice"
SECTION = "http://terminology.hl7.org/CodeSystem/v2-0074"
INTERPRETATION = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"

PRIORITY = {Priority.EMERGENCY: "stat", Priority.URGENT: "urgent", Priority.ROUTINE: "routine"}
REQUEST_STATUS = {Status.SIGNED: "completed", Status.CANCELLED: "revoked"}
TASK_STATUS = {
    Status.REQUESTED: "requested",
    Status.REGISTERED: "accepted",
    Status.EXAMINED: "ready",
    Status.SIGNED: "completed",
    Status.CANCELLED: "cancelled",
}
CATEGORY = {
    Modality.ECG: ("EC", "Electrocardiac"),
    Modality.CT: ("CT", "CAT Scan"),
    Modality.US: ("RUS", "Radiology Ultrasound"),
}
MATERIAL = {MaterialKind.IMAGING_STUDY: "ImagingStudy", MaterialKind.ECG_RECORDING: "Observation"}
RESULT = {
    Outcome.NORMAL: ("N", "Normal"),
    Outcome.ABNORMAL: ("A", "Abnormal"),
    Outcome.CRITICAL: ("AA", "Critical abnormal"),
}


def instant(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds")


def reference(kind: str, pk: UUID | str | None, names: Names | None = None) -> Json:
    """A literal reference, with the display name where it is known."""
    answer: Json = {"reference": f"{kind}/{pk}"}
    if names and isinstance(pk, UUID) and pk in names:
        answer["display"] = names[pk]
    return answer


def coding(system: str, code: str, display: str) -> Json:
    return {"coding": [{"system": system, "code": code, "display": display}], "text": display}


def subject(request: ExamRequest) -> Json:
    answer = {"subject": reference("Patient", request.patient_id)}
    if request.encounter_id:
        answer["encounter"] = reference("Encounter", request.encounter_id)
    return answer


def service_request(request: ExamRequest, names: Names) -> Json:
    """The request's content."""
    return {
        "resourceType": "ServiceRequest",
        "id": str(request.pk),
        "identifier": [{"system": ACCESSION, "value": request.accession_number}],
        "status": REQUEST_STATUS.get(Status(request.status), "active"),
        "intent": "order",
        "priority": PRIORITY[Priority(request.priority)],
        "code": coding(ITEM, request.item.code, request.item.name),
        **subject(request),
        "authoredOn": instant(request.requested_at),
        "requester": reference("Practitioner", request.requester_id, names),
        "performer": [reference("Organization", request.centre_id, names)],
        "reasonCode": [{"text": request.clinical_question}],
    }


def task(request: ExamRequest, names: Names, at: datetime) -> Json:
    """Where the request stands; the same logical id under another type."""
    status = Status(request.status)
    return {
        "resourceType": "Task",
        "id": str(request.pk),
        "basedOn": [reference("ServiceRequest", request.pk)],
        "status": TASK_STATUS.get(status, "in-progress"),
        "businessStatus": {"coding": [{"system": STEP, "code": status.value}]},
        "intent": "order",
        "priority": PRIORITY[Priority(request.priority)],
        "focus": reference("ServiceRequest", request.pk),
        "for": reference("Patient", request.patient_id),
        "authoredOn": instant(request.requested_at),
        "lastModified": instant(at),
        "requester": reference("Practitioner", request.requester_id, names),
        "owner": reference("Organization", request.centre_id, names),
    }


def narrative(parts: Iterable[str]) -> Json:
    paragraphs = "".join(f"<p>{escape(part)}</p>" for part in parts if part)
    return {"status": "generated", "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{paragraphs}</div>'}


def texts(report: Report) -> list[Json]:
    pairs = ((FINDINGS, report.findings), (ADVICE, report.advice))
    return [{"url": url, "valueString": text} for url, text in pairs if text]


def evidence(materials: Sequence[Material]) -> Json:
    """References to what was read: images as imagingStudy, ECG recordings as result."""
    answer: Json = {}
    for material in materials:
        kind = MATERIAL[MaterialKind(material.kind)]
        place = "imagingStudy" if kind == "ImagingStudy" else "result"
        answer.setdefault(place, []).append(reference(kind, material.ref))
    return answer


def diagnostic_report(
    request: ExamRequest, report: Report, materials: Sequence[Material], names: Names
) -> Json:
    """One signed version; earlier versions stay in the resource's history."""
    section, title = CATEGORY.get(Modality(request.modality), ("RAD", "Radiology"))
    code, display = RESULT[Outcome(report.outcome)]
    answer: Json = {
        "resourceType": "DiagnosticReport",
        "id": str(request.report_id),
        "text": narrative((report.findings, report.impression, report.advice)),
        "identifier": [{"system": ACCESSION, "value": request.accession_number}],
        "basedOn": [reference("ServiceRequest", request.pk)],
        "status": ReportState(report.state).value,
        "category": [coding(SECTION, section, title)],
        "code": coding(ITEM, request.item.code, request.item.name),
        **subject(request),
        "effectiveDateTime": instant(request.examined_at or request.requested_at),
        "issued": instant(report.signed_at),
        "performer": [reference("Organization", request.centre_id, names)],
        "resultsInterpreter": interpreters(report, names),
        **evidence(materials),
        "conclusion": report.impression,
        "conclusionCode": [coding(INTERPRETATION, code, display)],
    }
    if extensions := texts(report):
        answer["extension"] = extensions
    return answer


def interpreters(report: Report, names: Names) -> list[Json]:
    """报告医师 first, then 审核医师."""
    people = [report.writer_id, report.reviewer_id]
    return [reference("Practitioner", person, names) for person in people if person]


def signed_bytes(request: ExamRequest, report: Report) -> bytes:
    """The canonical bytes an SM2 signature covers: every word, person and time of this version, sorted UTF-8 JSON."""
    content = {
        "accession_number": request.accession_number,
        "patient": str(request.patient_id),
        "item": request.item.code,
        "report": str(request.report_id),
        "version": report.version,
        "state": str(report.state),
        "findings": report.findings,
        "impression": report.impression,
        "advice": report.advice,
        "outcome": str(report.outcome),
        "critical_text": report.critical_text,
        "amend_reason": report.amend_reason,
        "writer": str(report.writer_id),
        "reviewer": str(report.reviewer_id or ""),
        "signed_at": int(report.signed_at.timestamp() * 1_000_000),
    }
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
