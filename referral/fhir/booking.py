"""The place a leg asks for and the answer to it: Appointment (HospitalReferral 预约申请) and AppointmentResponse."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from referral.choices import TERMINAL, UNSENT, Status
from referral.fhir.common import NUMBER, TERMINOLOGY, Json, Names, instant, reason_of, reference
from referral.models import Referral

Span = tuple[datetime, datetime]
"""From when to when a place is kept."""

APPOINTMENT_STATUS: Final[Mapping[Status, str]] = {
    Status.WAITLISTED: "waitlist",
    Status.SCHEDULED: "booked",
    Status.IN_TRANSIT: "booked",
    Status.ARRIVED: "arrived",
    Status.NO_SHOW: "noshow",
    **dict.fromkeys((Status.IN_CARE, Status.CARE_COMPLETED, Status.REHAB_ACTIVE), "fulfilled"),
    Status.ENTERED_IN_ERROR: "entered-in-error",
}
"""Ours -> Appointment.status while the leg runs; what has ended is fulfilled when she came, else cancelled."""
WITHOUT_TIMES: Final = frozenset({"proposed", "cancelled", "waitlist"})
"""Only these may stand without a start and an end (app-3)."""
PRIORITY_NUMBER: Final[Mapping[str, int]] = {"emergency": 1, "urgent": 2, "routine": 5}
DECLINED: Final = (Status.REJECTED, Status.MANAGED_LOCALLY)
TENTATIVE: Final = (Status.INFO_REQUESTED, Status.WAITLISTED)


def appointment_id(referral: Referral) -> str:
    return f"{referral.pk}-a"


def appointment(referral: Referral, names: Names, span: Span | None) -> Json:
    """The place asked for, kept, taken or given back. `span`: the kept time, None where nothing is kept."""
    status = appointment_status(referral, span)
    times = _times(referral, status, span)
    answer: Json = {
        "resourceType": "Appointment",
        "id": appointment_id(referral),
        "identifier": [{"system": NUMBER, "value": referral.number}],
        "status": status,
        "serviceType": [{"text": "转诊预约"}],
        "priority": PRIORITY_NUMBER[referral.priority],
        "reasonCode": [reason_of(referral.diagnosis, referral.diagnosis_code)],
        "created": instant(referral.created_at),
        "basedOn": [{"reference": f"ServiceRequest/{referral.pk}"}],
        "participant": _participants(referral, names, status),
        **times,
    }
    if (place := _place(referral, names)) and place["reference"].startswith("Slot/"):
        answer["slot"] = [place]
    if status == "cancelled" and referral.reject_text:
        answer["cancelationReason"] = {"text": f"{referral.reject_code} {referral.reject_text}".strip()}
    if referral.expected_date and status == "waitlist":
        answer["requestedPeriod"] = [{"start": f"{referral.expected_date:%Y-%m-%d}"}]
    return answer


def appointment_status(referral: Referral, span: Span | None) -> str:
    status = Status(referral.status)
    if status in TERMINAL and status != Status.ENTERED_IN_ERROR:
        return "fulfilled" if referral.arrived_at else "cancelled"
    said = APPOINTMENT_STATUS.get(status, "proposed")
    known = span or referral.arrived_at or referral.eta_at
    return said if known or said in WITHOUT_TIMES or status == Status.ENTERED_IN_ERROR else "proposed"


def _times(referral: Referral, status: str, span: Span | None) -> Json:
    """The kept time; where nothing was kept the moment she came, or is expected."""
    if span is None and (at := referral.arrived_at or referral.eta_at):
        span = (at, at)
    if span is None and status == "entered-in-error":
        span = (referral.created_at, referral.created_at)
    return {"start": instant(span[0]), "end": instant(span[1])} if span else {}


def _participants(referral: Referral, names: Names, status: str) -> list[Json]:
    patient = {"reference": f"Patient/{referral.patient_id}"}
    told = [{"actor": patient, "status": "declined" if status == "cancelled" else "accepted"}]
    if referral.doctor_id is not None:
        told.append({"actor": reference("Practitioner", referral.doctor_id, names), "status": "accepted"})
    if (place := _place(referral, names)) and place["reference"].startswith("Location/"):
        told.append({"actor": place, "status": "accepted"})
    where = " ".join(names[pk] for pk in (referral.target_id, referral.department_id) if pk and pk in names)
    told.append({"actor": {"display": where or "接收机构"}, "status": participation(referral)})
    return told


def _place(referral: Referral, names: Names) -> Json | None:
    """What is or was kept: a bed by name or one of a ward's counted ones (Location), a clinic's half day (Slot)."""
    if referral.bed_id is not None:
        return reference("Location", referral.bed_id, names)
    if referral.pool_id is None:
        return None
    kept = referral.published.get("place", {"kind": "Location", "words": ""})
    words = {"display": kept["words"]} if kept["words"] else {}
    return {"reference": f"{kept['kind']}/{referral.pool_id}", **words}


def participation(referral: Referral) -> str:
    """The receiving side's word: accepted, declined, tentative, or still to be given."""
    status = Status(referral.status)
    if status in DECLINED or (status == Status.REDIRECTED and referral.arrived_at is None):
        return "declined"
    if status in TENTATIVE:
        return "tentative"
    answered = referral.accepted_at is not None or referral.arrived_at is not None
    return "accepted" if answered or referral.ready else "needs-action"


def answered(referral: Referral) -> bool:
    """Whether the receiving side has said anything yet."""
    return referral.status not in UNSENT and participation(referral) != "needs-action"


def appointment_response(referral: Referral, names: Names, span: Span | None) -> Json:
    """The receiving side's answer (预约应答)."""
    answer: Json = {
        "resourceType": "AppointmentResponse",
        "id": f"{referral.pk}-r",
        "identifier": [{"system": NUMBER, "value": referral.number}],
        "appointment": {"reference": f"Appointment/{appointment_id(referral)}"},
        "participantType": [_type()],
        "actor": _answerer(referral, names),
        "participantStatus": participation(referral),
    }
    if span:
        answer |= {"start": instant(span[0]), "end": instant(span[1])}
    if words := answer_words(referral):
        answer["comment"] = words
    return answer


def _type() -> Json:
    return {"coding": [{"system": f"{TERMINOLOGY}v3-ParticipationType", "code": "ATND"}]}


def _answerer(referral: Referral, names: Names) -> Json:
    if referral.accepted_by_id:
        return reference("Practitioner", referral.accepted_by_id, names)
    return {"display": names.get(referral.target_id, "接收机构")}


def answer_words(referral: Referral) -> str:
    """What the answer says beside yes and no."""
    if referral.asked:
        return "；".join(referral.asked)
    said = (referral.reject_code, referral.reject_text, referral.instead, referral.ready)
    words = " ".join(part for part in said if part)
    return words or (referral.advice if referral.status == Status.MANAGED_LOCALLY else "")
