"""The message exchange of CN-Public-Health-Core (双向转诊): a Bundle of type message, header first, activity second.

C01001 预约申请: Appointment · C01002 预约应答 and C01003 到诊应答: AppointmentResponse · C01004 上传病历: Task.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from referral.choices import Activity
from referral.fhir.booking import Span, appointment, appointment_id, appointment_response
from referral.fhir.common import NUMBER, STEP, Json, Names, instant, reference
from referral.fhir.task import task
from referral.models import Referral

ACTIVITIES: Final = "http://CodeSystem.hl7fhir.cn/activity-code"
NAMES: Final[Mapping[str, str]] = {
    Activity.REQUEST: "转诊预约申请",
    Activity.RESPONSE: "转诊预约应答",
    Activity.ARRIVAL: "患者到诊应答",
    Activity.RECORD: "转诊完整病历上传",
}
DEFINITIONS: Final[Mapping[str, str]] = {
    Activity.REQUEST: "http://MessageDefinition.hl7fhir.cn/hospital-referral",
    Activity.RESPONSE: "http://MessageDefinition.hl7fhir.cn/hospital-referral-response",
    Activity.ARRIVAL: "http://MessageDefinition.hl7fhir.cn/patient-arrive-response",
    Activity.RECORD: "http://MessageDefinition.hl7fhir.cn/medical-records-submitted",
}
REFERRAL: Final = "http://StructureDefinition.hl7fhir.cn/hospital-referral"
RESPONSE: Final = "http://StructureDefinition.hl7fhir.cn/hospital-referral-response"
SOFTWARE: Final = "Lianyi"


@dataclass(frozen=True, slots=True)
class Envelope:
    """Who writes to whom, when, under which id; the same message sent again has the same id."""

    header: UUID
    at: datetime
    sender: UUID
    receiver: UUID
    address: str
    names: Names


def message(envelope: Envelope, activity: str, focus: Json, along: Iterable[Json] = ()) -> Json:
    """The whole message: header, activity, and what goes along."""
    places = [
        {"resourceType": "Organization", "id": str(pk), "name": envelope.names.get(pk, "")}
        for pk in (envelope.sender, envelope.receiver)
    ]
    resources = [_header(envelope, activity, focus), focus, *places, *along]
    return {
        "resourceType": "Bundle",
        "id": str(envelope.header),
        "type": "message",
        "timestamp": instant(envelope.at),
        "entry": [{"resource": resource} for resource in resources],
    }


def _header(envelope: Envelope, activity: str, focus: Json) -> Json:
    return {
        "resourceType": "MessageHeader",
        "id": str(envelope.header),
        "eventCoding": {"system": ACTIVITIES, "code": activity, "display": NAMES[activity]},
        "destination": [
            {
                "endpoint": envelope.address,
                "receiver": reference("Organization", envelope.receiver, envelope.names),
            }
        ],
        "sender": reference("Organization", envelope.sender, envelope.names),
        "source": {"name": "联医", "software": SOFTWARE, "endpoint": f"urn:uuid:{envelope.sender}"},
        "focus": [{"reference": f"{focus['resourceType']}/{focus['id']}"}],
        "definition": DEFINITIONS[activity],
    }


def asked(referral: Referral, names: Names, span: Span | None, along: Sequence[str]) -> Json:
    """预约申请: the place asked for, as it stands now; cancelled when it is taken back."""
    told = {**appointment(referral, names, span), "meta": {"profile": [REFERRAL]}}
    if along:
        told["supportingInformation"] = [{"reference": one} for one in along]
    told["comment"] = referral.reason
    return told


def answered_to(referral: Referral, names: Names, span: Span | None) -> Json:
    """预约应答, to the appointment of the hospital outside that asked."""
    told = {**appointment_response(referral, names, span), "meta": {"profile": [RESPONSE]}}
    told["appointment"] = _theirs(referral)
    return told


def arrived(referral: Referral) -> Json:
    """到诊应答: she is here."""
    at = referral.arrived_at or referral.created_at
    return {
        "resourceType": "AppointmentResponse",
        "id": f"{referral.pk}-v",
        "meta": {"profile": [RESPONSE]},
        "identifier": [{"system": NUMBER, "value": referral.number}],
        "appointment": _theirs(referral),
        "start": instant(at),
        "end": instant(at),
        "actor": {"reference": f"Patient/{referral.patient_id}"},
        "participantStatus": "accepted",
        "comment": "患者已经到诊。",
    }


def _theirs(referral: Referral) -> Json:
    number = referral.outside_number
    return {"reference": f"Appointment/{number or appointment_id(referral)}"}


def recorded(referral: Referral, names: Names, *, at: datetime) -> Json:
    """上传病历: the step with its reply; what is uploaded goes along."""
    told = {**task(referral, names, at=at), "id": f"{referral.pk}-m", "intent": "proposal"}
    told["description"] = NAMES[Activity.RECORD]
    told["focus"] = _theirs(referral)
    told["reasonCode"] = {"text": referral.diagnosis}
    return told


def received(header: str, answer_id: UUID, address: str, activity: str) -> Json:
    """The answer to a message that was taken: a message again, whose header responds."""
    told = {
        "resourceType": "MessageHeader",
        "id": str(answer_id),
        "eventCoding": {"system": ACTIVITIES, "code": activity, "display": NAMES[activity]},
        "source": {"name": "联医", "software": SOFTWARE, "endpoint": address},
        "response": {"identifier": header, "code": "ok"},
    }
    return {"resourceType": "Bundle", "id": str(answer_id), "type": "message", "entry": [{"resource": told}]}


REPLY: Final = f"{STEP}-reply"
"""System of the parts of a reply (Task.output.type): outcome, advice."""
