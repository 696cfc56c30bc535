"""The form's content: a ServiceRequest."""

from collections.abc import Iterable, Mapping
from typing import Final

from referral.choices import Direction, Status
from referral.fhir.common import NUMBER, PRIORITY, Json, Names, instant, reason_of, reference
from referral.models import Attachment, Referral

REQUEST_STATUS: Final[Mapping[Status, str]] = {
    Status.DRAFT: "draft",
    Status.INTERNAL_REVIEW: "draft",
    **dict.fromkeys((Status.CLOSED, Status.MANAGED_LOCALLY, Status.REDIRECTED), "completed"),
    **dict.fromkeys((Status.REJECTED, Status.CANCELLED, Status.EXPIRED, Status.DIED), "revoked"),
    Status.ENTERED_IN_ERROR: "entered-in-error",
}
WAYS: Final[Mapping[Direction, str]] = {
    Direction.UP: "上转",
    Direction.DOWN: "下转",
    Direction.LATERAL: "平转",
}


def service_request(
    referral: Referral, attachments: Iterable[Attachment], names: Names, *, replaces: bool = False
) -> Json:
    """The form's content; attachments by reference. `replaces`: the earlier leg was passed on and is no more, else
    this one follows from it."""
    request: Json = {
        "resourceType": "ServiceRequest",
        "id": str(referral.pk),
        "identifier": [{"system": NUMBER, "value": referral.number}],
        "status": REQUEST_STATUS.get(Status(referral.status), "active"),
        "intent": "order",
        "priority": PRIORITY[referral.priority],
        "code": {"text": f"双向转诊 {WAYS[Direction(referral.direction)]}"},
        "subject": {"reference": f"Patient/{referral.patient_id}"},
        "authoredOn": instant(referral.created_at),
        "requester": sender(referral, names),
        "performer": [reference("Organization", referral.target_id, names)],
        **_why(referral),
    }
    if referral.department_id and referral.department_id in names:
        request["performerType"] = {"text": names[referral.department_id]}
    along = [{"reference": f"{row.kind}/{row.resource_id}"} for row in attachments]
    if along:
        request["supportingInfo"] = along
    if referral.encounter_id:
        request["encounter"] = {"reference": f"Encounter/{referral.encounter_id}"}
    if referral.parent_id:
        request["replaces" if replaces else "basedOn"] = [
            {"reference": f"ServiceRequest/{referral.parent_id}"}
        ]
    return request


def sender(referral: Referral, names: Names) -> Json:
    """Who wrote the form: the doctor; the hospital outside, whose doctors have no account here."""
    if referral.doctor_id is not None:
        return reference("Practitioner", referral.doctor_id, names)
    return reference("Organization", referral.source_id, names)


def told_of(referral: Referral) -> tuple[str, ...]:
    """The form's remarks in the order of the paper: illness, history, treatment, its plan, what to mind."""
    return (referral.illness, referral.history, referral.treatment, referral.regimen, referral.precautions)


def _why(referral: Referral) -> Json:
    """Diagnosis, and why she is sent; what a hospital tells a branch to do is a remark, no reason."""
    diagnosis = reason_of(referral.diagnosis, referral.diagnosis_code)
    down = referral.direction == Direction.DOWN
    notes = [referral.reason] if down else []
    notes += [words for words in told_of(referral) if words]
    told: Json = {"reasonCode": [diagnosis] if down else [diagnosis, {"text": referral.reason}]}
    if words := [{"text": one} for one in notes if one]:
        told["note"] = words
    return told
