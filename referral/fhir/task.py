"""Where a leg stands: a Task, a version per step."""

from datetime import datetime
from typing import Final

from referral.choices import FHIR_TASK, TERMINAL, Status
from referral.fhir.common import NUMBER, PRIORITY, REJECT, STEP, Json, Names, instant, reference
from referral.models import Referral

ONWARD: Final = "referred-onward"


def task_id(referral: Referral) -> str:
    """The Task of a leg; one per leg, a version per step."""
    return f"{referral.pk}-t"


def task(referral: Referral, names: Names, *, at: datetime) -> Json:
    """FHIR's word in `status`, ours in `businessStatus`; when it is late in `restriction`; the care it led to in
    `encounter`; the reply in `output`."""
    status = Status(referral.status)
    request = {"reference": f"ServiceRequest/{referral.pk}"}
    answer: Json = {
        "resourceType": "Task",
        "id": task_id(referral),
        "basedOn": [request],
        "groupIdentifier": {"system": NUMBER, "value": referral.number},
        "status": FHIR_TASK[status],
        "businessStatus": _business(status),
        "intent": "order",
        "priority": PRIORITY[referral.priority],
        "code": {"coding": [{"system": "http://hl7.org/fhir/CodeSystem/task-code", "code": "fulfill"}]},
        "focus": request,
        "for": {"reference": f"Patient/{referral.patient_id}"},
        "authoredOn": instant(referral.created_at),
        "lastModified": instant(at),
        "requester": reference("Organization", referral.source_id, names),
        "owner": reference("Organization", referral.target_id, names),
        **_times(referral),
    }
    if referral.care_encounter_id:
        answer["encounter"] = {"reference": f"Encounter/{referral.care_encounter_id}"}
    if referral.reject_text:
        why: Json = {"text": f"{referral.reject_code} {referral.reject_text}".strip()}
        if referral.reject_code:
            why["coding"] = [{"system": REJECT, "code": referral.reject_code}]
        answer["statusReason"] = why
    if reply := _reply(referral):
        answer["output"] = reply
    return answer


def _business(status: Status) -> Json:
    """Our own word; of a leg that went on elsewhere the map's word too."""
    codes = [status.value, *([ONWARD] if status == Status.REDIRECTED else [])]
    return {"coding": [{"system": STEP, "code": code} for code in codes], "text": str(status.label)}


def _times(referral: Referral) -> Json:
    told: Json = {}
    if referral.submitted_at:
        told["executionPeriod"] = {"start": instant(referral.submitted_at)}
        if referral.ended_at and referral.status in TERMINAL:
            told["executionPeriod"]["end"] = instant(max(referral.ended_at, referral.submitted_at))
    if referral.due_at:
        told["restriction"] = {"period": {"end": instant(referral.due_at)}}
    return told


def _reply(referral: Referral) -> list[Json]:
    """What the receiving side wrote back (回转单)."""
    parts = [("outcome", "诊断结果", referral.outcome), ("advice", "下一步治疗方案", referral.advice)]
    # Without a reply of its own a down leg holds in these columns what the hospital wrote in the leg before.
    if referral.outcome:
        parts[1:1] = [("results", "主要检查结果", referral.results), ("course", "治疗经过", referral.course)]
        parts.append(("rehabilitation", "康复建议", referral.rehabilitation))
    return [
        {"type": {"coding": [{"system": f"{STEP}-reply", "code": code}], "text": name}, "valueString": words}
        for code, name, words in parts
        if words
    ]
