"""What a resource of a message says, as pairs of a name and a value; names and coded values are words of ours to be
translated, everything else stands as it was written. Pure."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

Json = Mapping[str, Any]
Fact = tuple[str, str]
LONGEST: Final = 300
MOMENTS: Final = frozenset({"from_at", "until", "when", "written"})
"""Names whose values are moments of FHIR."""
URGENCY: Final = {
    1: "emergency",
    2: "urgent",
    5: "routine",
    "stat": "emergency",
    "urgent": "urgent",
    "routine": "routine",
}


def facts_of(resource: Json) -> list[Fact]:
    """The facts of one resource in reading order; of a kind nobody knows its first words."""
    told = TELLERS.get(str(resource.get("resourceType")), _anything)
    return [(name, text) for name, value in told(resource) if (text := _text(value))]


def _text(value: Any) -> str:
    return " ".join(str(value).split())[:LONGEST] if value not in (None, "", [], {}) else ""


def concept(value: Any) -> str:
    """The words of a CodeableConcept, Coding, Reference or a list of them."""
    if isinstance(value, list):
        return "；".join(dict.fromkeys(found for one in value if (found := concept(one))))
    if not isinstance(value, Mapping):
        return str(value or "")
    if words := value.get("text") or value.get("display"):
        return str(words)
    coding = value.get("coding")
    return concept(coding) if isinstance(coding, list) else str(value.get("code", ""))


def _header(one: Json) -> Iterator[tuple[str, Any]]:
    yield "from", concept(one.get("sender"))
    yield "to", concept([end.get("receiver") for end in _rows(one, "destination")])
    yield "about", concept(one.get("eventCoding"))


def _appointment(one: Json) -> Iterator[tuple[str, Any]]:
    yield "status", one.get("status")
    yield "urgency", URGENCY.get(str(one.get("priority")))
    yield "diagnosis", concept(one.get("reasonCode"))
    yield "reason", one.get("comment") or one.get("description")
    yield "when", one.get("start")
    yield "why_not", concept(one.get("cancelationReason"))
    yield "to", concept([part.get("actor") for part in _rows(one, "participant")][-1:])


def _answer(one: Json) -> Iterator[tuple[str, Any]]:
    yield "decision", one.get("participantStatus")
    yield "who", concept(one.get("actor"))
    yield "when", one.get("start")
    yield "words", one.get("comment")


def _task(one: Json) -> Iterator[tuple[str, Any]]:
    yield "stands", concept(one.get("businessStatus"))
    yield "diagnosis", concept(one.get("reasonCode"))
    for part in _rows(one, "output"):
        yield concept(part.get("type")) or "words", part.get("valueString")
    yield "words", concept(_rows(one, "note"))
    yield "why_not", concept(one.get("statusReason"))


def _request(one: Json) -> Iterator[tuple[str, Any]]:
    yield "about", concept(one.get("code"))
    yield "urgency", URGENCY.get(str(one.get("priority")))
    reasons = _rows(one, "reasonCode")
    yield "diagnosis", concept(reasons[:1])
    yield "reason", concept(reasons[1:])
    yield "who", concept(one.get("requester"))
    yield (
        "to",
        " ".join(word for word in (concept(one.get("performer")), concept(one.get("performerType"))) if word),
    )
    yield "words", concept(_rows(one, "note"))


def _consent(one: Json) -> Iterator[tuple[str, Any]]:
    given = _map(one, "provision")
    period = _map(given, "period")
    yield "given", one.get("status")
    yield "basis", concept(one.get("policyRule"))
    yield "who", concept(one.get("performer"))
    yield "reads", concept([part.get("reference") for part in _rows(given, "actor")])
    yield "from_at", period.get("start") or one.get("dateTime")
    yield "until", period.get("end")
    yield (
        "protected",
        "open" if any(mark.get("code") == "V" for mark in _rows(given, "securityLabel")) else "shut",
    )


def _place(one: Json) -> Iterator[tuple[str, Any]]:
    yield "called", one.get("name")


def _patient(one: Json) -> Iterator[tuple[str, Any]]:
    name = next(iter(_rows(one, "name")), {})
    given = name.get("given")
    parts = [name.get("family", ""), *(given if isinstance(given, list) else [])]
    yield "name", name.get("text") or "".join(str(part) for part in parts)
    yield "sex", one.get("gender")
    yield "born", one.get("birthDate")


def _observation(one: Json) -> Iterator[tuple[str, Any]]:
    yield concept(one.get("code")) or "value", _value(one)
    for part in _rows(one, "component"):
        yield concept(part.get("code")) or "value", _value(part)
    yield "when", one.get("effectiveDateTime")


def _value(one: Json) -> str:
    size = _map(one, "valueQuantity")
    if size:
        return f"{size.get('value', '')} {size.get('unit', '')}".strip()
    told = one.get("valueString", one.get("valueInteger", one.get("valueBoolean")))
    return str(told) if told is not None else concept(one.get("valueCodeableConcept"))


def _finding(one: Json) -> Iterator[tuple[str, Any]]:
    yield "about", concept(one.get("code") or one.get("type")) or one.get("title")
    yield "result", one.get("conclusion") or one.get("description")
    yield "result", concept(one.get("conclusionCode"))
    yield "words", "；".join(_narrative(part) for part in _rows(one, "section"))
    yield (
        "when",
        one.get("effectiveDateTime") or one.get("issued") or one.get("date") or one.get("recordedDate"),
    )


def _narrative(section: Json) -> str:
    return " ".join(word for word in (str(section.get("title", "")), concept(section.get("code"))) if word)


def _anything(one: Json) -> Iterator[tuple[str, Any]]:
    names = ("name", "title", "code", "medicationCodeableConcept", "vaccineCode", "type", "description")
    told = next((one[name] for name in names if one.get(name)), "")
    yield "about", concept(told)
    yield "words", concept(_rows(one, "dosageInstruction") or _rows(one, "note"))


def _rows(one: Json, name: str) -> list[Json]:
    found = one.get(name)
    rows = found if isinstance(found, list) else [found]
    return [row for row in rows if isinstance(row, Mapping)]


def _map(one: Json, name: str) -> Json:
    found = one.get(name)
    return found if isinstance(found, Mapping) else {}


TELLERS: Final[Mapping[str, Callable[[Json], Iterator[tuple[str, Any]]]]] = {
    "MessageHeader": _header,
    "Appointment": _appointment,
    "AppointmentResponse": _answer,
    "Task": _task,
    "ServiceRequest": _request,
    "Consent": _consent,
    "Patient": _patient,
    **dict.fromkeys(("Organization", "Location"), _place),
    "Observation": _observation,
    **dict.fromkeys(("DiagnosticReport", "Composition", "DocumentReference", "Condition"), _finding),
}
