"""The plan of a down leg: a CarePlan."""

from collections.abc import Iterable, Mapping
from typing import Final

from referral.choices import TERMINAL, ItemState, Status
from referral.fhir.common import Json, Names, instant, reference
from referral.fhir.request import sender
from referral.models import PlanItem, Referral

ACTIVITY: Final[Mapping[ItemState, str]] = {
    ItemState.DUE: "scheduled",
    ItemState.DONE: "completed",
    ItemState.WAIVED: "cancelled",
}


def care_plan(referral: Referral, items: Iterable[PlanItem], names: Names) -> Json:
    """The plan of a down leg, item by item, with who carries it out and the visit that came of it."""
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
        "supportingInfo": [{"reference": f"ServiceRequest/{referral.pk}"}],
        "author": sender(referral, names),
        "activity": [_activity(referral, item, names) for item in items],
    }


def _activity(referral: Referral, item: PlanItem, names: Names) -> Json:
    detail: Json = {
        "status": ACTIVITY[ItemState(item.state)],
        "description": f"{item.text}（{item.due_date:%Y-%m-%d}）",
        "scheduledPeriod": {"end": f"{item.due_date:%Y-%m-%d}"},
    }
    if referral.receiving_doctor_id:
        detail["performer"] = [reference("Practitioner", referral.receiving_doctor_id, names)]
    if item.state == ItemState.WAIVED:
        detail["statusReason"] = {"text": item.result}
    if not item.encounter_id:
        return {"detail": detail}
    return {"outcomeReference": [{"reference": f"Encounter/{item.encounter_id}"}], "detail": detail}
