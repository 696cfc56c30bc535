"""A message of a hospital outside, read: what it says, in our words. Refuses in sentences what cannot be understood."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from kernel.errors import Invalid
from referral.choices import Activity, Direction
from referral.fhir.common import NUMBER, PRIORITY, Json
from referral.fhir.messages import ACTIVITIES, REPLY

FOCUS: Final[Mapping[str, str]] = {
    Activity.REQUEST: "Appointment",
    Activity.RESPONSE: "AppointmentResponse",
    Activity.ARRIVAL: "AppointmentResponse",
    Activity.RECORD: "Task",
}
UPLOADED: Final = ("Composition", "DiagnosticReport", "Observation", "DocumentReference", "Condition")
"""Kinds of a record that are taken in; everything else of a message is read and not kept."""
MOST: Final = 200
NUMBER_PRIORITY: Final = {1: "emergency", 2: "urgent"}
SAME_PRIORITY: Final = {word: ours for ours, word in PRIORITY.items()}


@dataclass(frozen=True, slots=True)
class Said:
    """One message: its id, its activity with the resource it is about, and all resources by `Type/id`."""

    header: Json
    activity: str
    focus: Json
    resources: Mapping[str, Json]

    @property
    def id(self) -> str:
        return str(self.header["id"])

    def first(self, kind: str) -> Json | None:
        return next((one for one in self.resources.values() if one["resourceType"] == kind), None)

    def all(self, *kinds: str) -> list[Json]:
        return [one for one in self.resources.values() if one["resourceType"] in kinds]


def wrong(sentence: Any) -> Invalid:
    return Invalid(sentence, code="message_not_understood")


def said(bundle: Mapping[str, Any]) -> Said:
    """Read the order of a message: header first, then the resource of its activity. Raises Invalid (422)."""
    resources = [
        entry["resource"] for entry in bundle.get("entry", []) if isinstance(entry.get("resource"), dict)
    ]
    if bundle.get("type") != "message" or len(resources) < 2:
        raise wrong(_("A Bundle of type message with a header and an activity is expected."))
    if len(resources) > MOST:
        raise wrong(_("A message holds 200 resources at most; send the record in several."))
    header, focus = resources[0], resources[1]
    if header.get("resourceType") != "MessageHeader" or not header.get("id"):
        raise wrong(_("The first entry is a MessageHeader with an id."))
    coding = header.get("eventCoding") or {}
    activity = str(coding.get("code", ""))
    if coding.get("system") != ACTIVITIES or activity not in FOCUS:
        raise wrong(_("The event is one of C01001 to C01004 of http://CodeSystem.hl7fhir.cn/activity-code."))
    if focus.get("resourceType") != FOCUS[activity] or not focus.get("id"):
        told = {"kind": FOCUS[activity], "activity": activity}
        raise wrong(_("The second entry of %(activity)s is a resource %(kind)s with an id.") % told)
    known = {f"{one['resourceType']}/{one['id']}": one for one in resources if one.get("id")}
    return Said(header, activity, focus, known)


def leg_of(one: Said) -> UUID | None:
    """The leg of ours that a resource names by its Appointment or Task; None when it names none."""
    for named in _references(one.focus):
        key = named.partition("/")[2].removesuffix("-a").removesuffix("-t").removesuffix("-m")
        try:
            return UUID(key)
        except ValueError:
            continue
    return None


def number_of(one: Said) -> str:
    """Our own number of the form, where the message names it."""
    refs = [one.focus.get("appointment") or {}, one.focus.get("focus") or {}]
    named = [ref.get("identifier") or {} for ref in refs] + list(one.focus.get("identifier") or [])
    return next((str(ref.get("value", "")) for ref in named if ref.get("system") == NUMBER), "")


def theirs_of(one: Said) -> str:
    """The hospital outside's own id of the appointment."""
    if one.activity == Activity.REQUEST:
        return str(one.focus["id"])
    return next((ref.partition("/")[2] for ref in _references(one.focus)), "")[:64]


def _references(focus: Json) -> Iterator[str]:
    for ref in (focus.get("appointment"), focus.get("focus"), *focus.get("basedOn", [])):
        if isinstance(ref, dict) and ref.get("reference"):
            yield str(ref["reference"])


def content(one: Said) -> dict[str, Any]:
    """The form of a request: diagnosis, reason, urgency, who sends. Raises Invalid (422) for what is missing."""
    request = one.first("ServiceRequest") or {}
    reasons = list(one.focus.get("reasonCode") or []) or list(request.get("reasonCode") or [])
    code, diagnosis = _concept(reasons[0]) if reasons else ("", "")
    if not diagnosis:
        raise wrong(_("The Appointment names the diagnosis in reasonCode."))
    words = [one.focus.get("comment"), one.focus.get("description"), *(_concept(r)[1] for r in reasons[1:])]
    reason = next((str(word) for word in words if word), "")
    if not reason:
        raise wrong(_("Say in Appointment.comment why the patient is referred."))
    urgency = NUMBER_PRIORITY.get(one.focus.get("priority", 5)) or SAME_PRIORITY.get(
        request.get("priority", "")
    )
    notes = [str(note.get("text", "")) for note in request.get("note", [])]
    return {
        "diagnosis_code": code[:20],
        "diagnosis": diagnosis[:200],
        "reason": reason[:200],
        "priority": urgency or "routine",
        "history": "\n".join(notes)[:500],
        "direction": Direction.LATERAL,
        "outside_doctor": _doctor(one),
    }


def _concept(told: Json) -> tuple[str, str]:
    coding: Json = next(iter(told.get("coding") or []), {})
    return str(coding.get("code", "")), str(told.get("text") or coding.get("display") or "")


def _doctor(one: Said) -> str:
    """Name and telephone of who refers; the institution's name where nobody is named."""
    people = one.all("Practitioner")
    if people:
        name: Json = next(iter(people[0].get("name") or []), {})
        parts = [name.get("text") or f"{name.get('family', '')}{''.join(name.get('given') or [])}"]
        parts += [str(way.get("value", "")) for way in people[0].get("telecom", [])[:1]]
        return " ".join(part for part in parts if part)[:120]
    actors = [part.get("actor", {}) for part in one.focus.get("participant", [])]
    named = [
        a["display"]
        for a in actors
        if str(a.get("reference", "")).startswith("Practitioner") and "display" in a
    ]
    return str(named[0])[:120] if named else str((one.header.get("sender") or {}).get("display", ""))[:120]


def consents(one: Said) -> tuple[str, bool]:
    """The consent the message carries, and whether it opens what is specially protected. ("", False) for none."""
    found = one.first("Consent")
    if found is None or found.get("status") != "active":
        return "", False
    marks = (found.get("provision") or {}).get("securityLabel") or []
    return "patient", any(mark.get("code") == "V" for mark in marks)


def start_of(one: Said) -> datetime | None:
    told = one.focus.get("start")
    return datetime.fromisoformat(str(told).replace("Z", "+00:00")) if told else None


def reply_of(one: Said) -> tuple[str, str]:
    """Course and advice of an uploaded record (Task.output), else its notes."""
    parts = {
        str(coding.get("code")): str(part.get("valueString", ""))
        for part in one.focus.get("output", [])
        for coding in part.get("type", {}).get("coding", [])
        if coding.get("system") == REPLY
    }
    notes = " ".join(str(note.get("text", "")) for note in one.focus.get("note", []))
    return (parts.get("outcome") or notes)[:500], (parts.get("advice") or notes)[:500]
