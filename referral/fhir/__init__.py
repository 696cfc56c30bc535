"""A leg as FHIR R4: ServiceRequest is its content, Task its step, Appointment and AppointmentResponse the place asked
for and the answer, Consent what it rests on, CarePlan its plan, Provenance who did each step. Pure."""

from referral.fhir.booking import Span, answered, appointment, appointment_id, appointment_response
from referral.fhir.care import outside_care, outside_care_id
from referral.fhir.common import Json, Names, instant, reference
from referral.fhir.consent import consent
from referral.fhir.form import CONTENT, MORE, RETURN, WRITTEN, form_bytes, written
from referral.fhir.messages import Envelope, answered_to, arrived, asked, message, received, recorded
from referral.fhir.plan import care_plan
from referral.fhir.provenance import provenance
from referral.fhir.request import WAYS, service_request
from referral.fhir.task import task, task_id

__all__ = [
    "CONTENT",
    "MORE",
    "RETURN",
    "WAYS",
    "WRITTEN",
    "Envelope",
    "Json",
    "Names",
    "Span",
    "answered",
    "answered_to",
    "appointment",
    "appointment_id",
    "appointment_response",
    "arrived",
    "asked",
    "care_plan",
    "consent",
    "form_bytes",
    "instant",
    "message",
    "outside_care",
    "outside_care_id",
    "provenance",
    "received",
    "recorded",
    "reference",
    "service_request",
    "task",
    "task_id",
    "written",
]
