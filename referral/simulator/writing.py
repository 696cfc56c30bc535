"""What the hospital outside says: requests, answers, arrivals and records as message Bundles."""

import uuid
from datetime import UTC, datetime
from typing import Any, Final

Body = dict[str, Any]
ACTIVITIES: Final = "http://CodeSystem.hl7fhir.cn/activity-code"
NAME: Final = "青州市第一人民医院"


def message(activity: str, focus: Body, *along: Body, receiver: str = "") -> Body:
    """A Bundle of type message about `focus`."""
    header: Body = {
        "resourceType": "MessageHeader",
        "id": str(uuid.uuid4()),
        "eventCoding": {"system": ACTIVITIES, "code": activity},
        "sender": {"display": NAME},
        "source": {"name": NAME, "endpoint": "http://hospital.example/fhir"},
        "focus": [{"reference": f"{focus['resourceType']}/{focus['id']}"}],
    }
    if receiver:
        address = {
            "endpoint": "http://county.example/fhir",
            "receiver": {"reference": f"Organization/{receiver}"},
        }
        header["destination"] = [address]
    entries = [{"resource": one} for one in (header, focus, *along)]
    return {"resourceType": "Bundle", "type": "message", "timestamp": _now(), "entry": entries}


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


CONSENT: Final[Body] = {
    "resourceType": "Consent",
    "id": "c1",
    "status": "active",
    "scope": {
        "coding": [{"system": "http://terminology.hl7.org/CodeSystem/consentscope", "code": "treatment"}]
    },
    "category": [
        {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "INFA"}]}
    ],
    "patient": {"reference": "Patient/p1"},
    "policyRule": {"text": "双向转诊知情同意"},
}


def request(said: Body) -> Body:
    """{"appointment", "patient", "diagnosis", "code", "comment", "priority", "consent", "receiver", "cancel"}"""
    patient = {"resourceType": "Patient", "id": "p1", **said["patient"]}
    about = {"text": said["diagnosis"]}
    if said.get("code"):
        about["coding"] = [{"system": "http://hl7.org/fhir/sid/icd-10", "code": said["code"]}]
    appointment = {
        "resourceType": "Appointment",
        "id": said["appointment"],
        "status": "cancelled" if said.get("cancel") else "proposed",
        "priority": said.get("priority", 5),
        "reasonCode": [about],
        "comment": said["comment"],
        "created": _now(),
        "participant": [{"actor": {"reference": "Patient/p1"}, "status": "accepted"}],
    }
    doctor = {
        "resourceType": "Practitioner",
        "id": "d1",
        "name": [{"text": "许文清"}],
        "telecom": [{"system": "phone", "value": "0591-0000-9011"}],
    }
    along = [patient, doctor, *([CONSENT] if said.get("consent", True) else []), *said.get("along", [])]
    return message("C01001", appointment, *along, receiver=said.get("receiver", ""))


def answer(said: Body) -> Body:
    """{"appointment": "Appointment/…", "status", "comment", "start", "end"}"""
    told = {
        "resourceType": "AppointmentResponse",
        "id": str(uuid.uuid4()),
        "appointment": {"reference": said["appointment"]},
        "actor": {"display": "王主任"},
        "participantStatus": said["status"],
        "comment": said.get("comment", "同意转诊，患者尽快到诊。"),
    }
    told |= {name: said[name] for name in ("start", "end") if name in said}
    return message("C01002", told)


def arrival(said: Body) -> Body:
    """{"appointment": "Appointment/…"}"""
    told = {
        "resourceType": "AppointmentResponse",
        "id": str(uuid.uuid4()),
        "appointment": {"reference": said["appointment"]},
        "actor": {"reference": "Patient/p1"},
        "participantStatus": "accepted",
        "comment": "患者已经到诊。",
    }
    return message("C01003", told)


def record(said: Body) -> Body:
    """{"appointment": "Appointment/…", "outcome", "advice", "patient", "along": [resources]}"""
    system = "urn:lianyi:referral-status-reply"
    parts = [(code, said[code]) for code in ("outcome", "advice") if said.get(code)]
    task = {
        "resourceType": "Task",
        "id": str(uuid.uuid4()),
        "status": "completed",
        "intent": "proposal",
        "focus": {"reference": said["appointment"]},
        "authoredOn": _now(),
        "output": [
            {"type": {"coding": [{"system": system, "code": code}]}, "valueString": words}
            for code, words in parts
        ],
    }
    if not parts:
        del task["output"]
    patient = [{"resourceType": "Patient", "id": "p1", **said["patient"]}] if said.get("patient") else []
    return message("C01004", task, *patient, *said.get("along", []))


WORDS: Final = {"request": request, "answer": answer, "arrival": arrival, "record": record}
