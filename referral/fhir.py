"""A leg as FHIR R4: ServiceRequest is its content, Task its step, CarePlan its plan; and the bytes that are signed.
Pure."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from referral.choices import FHIR_TASK, TERMINAL, Direction, ItemState, Priority, Status
from referral.models import Attachment, PlanItem, Referral

Json = dict[str, Any]
Names = Mapping[UUID, str]

NUMBER = "urn:lianyi:referral-number"
STEP = "urn:lianyi:referral-status"
PRIORITY = {Priority.EMERGENCY: "stat", Priority.URGENT: "urgent", Priority.ROUTINE: "routine"}
REQUEST_STATUS: Final[Mapping[Status, str]] = {
    Status.DRAFT: "draft",
    Status.INTERNAL_REVIEW: "draft",
    **dict.fromkeys((Status.CLOSED, Status.MANAGED_LOCALLY, Status.REDIRECTED), "completed"),
    **dict.fromkeys((Status.REJECTED, Status.CANCELLED, Status.EXPIRED, Status.DIED), "revoked"),
    Status.ENTERED_IN_ERROR: "entered-in-error",
}
ACTIVITY = {ItemState.DUE: "scheduled", ItemState.DONE: "completed", ItemState.WAIVED: "cancelled"}


CONTENT = ("priority", "diagnosis_code", "diagnosis", "reason", "history", "treatment", "consent")
"""Columns of the form's content: what is signed, beside patient, sides, reply and attachments."""


WAYS: Final[Mapping[Direction, str]] = {
    Direction.UP: "上转",
    Direction.DOWN: "下转",
    Direction.LATERAL: "平转",
}


def form_bytes(referral: Referral, attachments: Iterable[Attachment]) -> bytes:
    """What a signature of the form covers: canonical JSON, UTF-8."""
    form = {
        "number": referral.number,
        "patient": str(referral.patient_id),
        "source": str(referral.source_id),
        "target": str(referral.target_id),
        "outcome": referral.outcome,
        "advice": referral.advice,
        "attachments": sorted(f"{row.kind}/{row.resource_id}" for row in attachments),
        **{name: getattr(referral, name) for name in CONTENT},
    }
    return json.dumps(form, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def instant(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds")


def reference(kind: str, pk: UUID | str | None, names: Names) -> Json:
    answer: Json = {"reference": f"{kind}/{pk}"}
    if isinstance(pk, UUID) and pk in names:
        answer["display"] = names[pk]
    return answer


def service_request(referral: Referral, attachments: Iterable[Attachment], names: Names) -> Json:
    """The form's content; attachments by reference."""
    request: Json = {
        "resourceType": "ServiceRequest",
        "id": str(referral.pk),
        "identifier": [{"system": NUMBER, "value": referral.number}],
        "status": REQUEST_STATUS.get(Status(referral.status), "active"),
        "intent": "order",
        "priority": PRIORITY[Priority(referral.priority)],
        "code": {"text": f"双向转诊 {WAYS[Direction(referral.direction)]}"},
        "subject": {"reference": f"Patient/{referral.patient_id}"},
        "authoredOn": instant(referral.created_at),
        "requester": reference("Practitioner", referral.doctor_id, names),
        "performer": [reference("Organization", referral.target_id, names)],
        "reasonCode": [{"text": referral.diagnosis}, {"text": referral.reason}],
    }
    along = [{"reference": f"{row.kind}/{row.resource_id}"} for row in attachments]
    if along:
        request["supportingInfo"] = along
    if referral.encounter_id:
        request["encounter"] = {"reference": f"Encounter/{referral.encounter_id}"}
    if referral.parent_id:
        request["basedOn"] = [{"reference": f"ServiceRequest/{referral.parent_id}"}]
    return request


def task_id(referral: Referral) -> str:
    """The Task of a leg; one per leg, a version per step."""
    return f"{referral.pk}-t"


def task(referral: Referral, names: Names, *, at: datetime) -> Json:
    """Where the leg stands: FHIR's word in `status`, ours in `businessStatus`."""
    status = Status(referral.status)
    answer: Json = {
        "resourceType": "Task",
        "id": task_id(referral),
        "basedOn": [{"reference": f"ServiceRequest/{referral.pk}"}],
        "status": FHIR_TASK[status],
        "businessStatus": {"coding": [{"system": STEP, "code": status.value}], "text": str(status.label)},
        "intent": "order",
        "priority": PRIORITY[Priority(referral.priority)],
        "for": {"reference": f"Patient/{referral.patient_id}"},
        "authoredOn": instant(referral.created_at),
        "lastModified": instant(at),
        "requester": reference("Organization", referral.source_id, names),
        "owner": reference("Organization", referral.target_id, names),
    }
    if referral.reject_text:
        answer["statusReason"] = {"text": f"{referral.reject_code} {referral.reject_text}"}
    return answer


def care_plan(referral: Referral, items: Iterable[PlanItem], names: Names) -> Json:
    """The plan of a down leg."""
    ended = {Status.CLOSED: "completed", Status.ENTERED_IN_ERROR: "entered-in-error"}
    stopped = "revoked" if referral.status in TERMINAL else "active"
    return {
        "resourceType": "CarePlan",
        "id": f"{referral.pk}-p",
        "status": ended.get(Status(referral.status), stopped),
        "intent": "plan",
        "title": "下转康复方案",
        **({"description": referral.treatment} if referral.treatment else {}),
        "subject": {"reference": f"Patient/{referral.patient_id}"},
        "created": instant(referral.created_at),
        "author": reference("Practitioner", referral.doctor_id, names),
        "activity": [
            {
                "detail": {
                    "status": ACTIVITY[ItemState(item.state)],
                    "description": f"{item.text}（{item.due_date:%Y-%m-%d}）",
                    **({"statusReason": {"text": item.result}} if item.state == ItemState.WAIVED else {}),
                }
            }
            for item in items
        ],
    }
