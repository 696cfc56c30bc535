"""The form's first words, taken from the record: nothing is typed twice."""

from typing import Any, Final
from uuid import UUID

from emr.chart import selectors as chart
from emr.chart.selectors import Document, EncounterLine, Summary
from kernel.actor import Actor

ILLNESS: Final = ("现病史",)
DONE: Final = ("处理", "用药")
"""Sections of a visit's note that answer a question of the form."""


def from_record(*, by: Actor, patient_id: UUID, encounter_id: str = "") -> dict[str, Any]:
    """What the visit says (the named one, else the newest), and the record beside it."""
    told = chart.summary(by=by, patient_id=patient_id)
    visit = _visit(told, encounter_id)
    note = _note(by, patient_id, visit)
    taken = "；".join(f"{one.name} {one.directions}".strip() for one in told.medicines[:8])
    return {
        "diagnosis": _diagnosis(told, visit),
        "reason": visit.complaint[:100] if visit else "",
        "illness": _illness(told, visit, note)[:500],
        "history": _history(told, visit)[:300],
        "treatment": _said(note, DONE)[:300],
        "regimen": taken[:300],
        "encounter": visit.id if visit else "",
    }


def _visit(told: Summary, encounter_id: str) -> EncounterLine | None:
    named = [one for one in told.encounters if one.id == encounter_id]
    return next(iter(named or told.encounters), None)


def _note(by: Actor, patient_id: UUID, visit: EncounterLine | None) -> Document | None:
    if visit is None:
        return None
    found = chart.documents(by=by, patient_id=patient_id, limit=20)
    return next((one for one in found if one.encounter_id == visit.id), None)


def _said(note: Document | None, titles: tuple[str, ...]) -> str:
    sections = note.sections if note else ()
    return "；".join(" ".join(lines) for title, lines in sections if title in titles)


def _diagnosis(told: Summary, visit: EncounterLine | None) -> str:
    """Of this visit the first, with its code where the record has one."""
    first = visit.diagnoses[0] if visit and visit.diagnoses else ""
    named = [one for one in told.problems if one.text == first] or list(told.problems[: not first])
    return f"{named[0].code} {named[0].text}".strip() if named else first


def _illness(told: Summary, visit: EncounterLine | None, note: Document | None) -> str:
    """Complaint, history of the present illness, and the vital signs that were taken at this visit."""
    if visit is None:
        return ""
    day = visit.at.date() if visit.at else None
    signs = [f"{one.label} {one.latest:g} {one.unit}".strip() for one in told.trends if one.at.date() == day]
    parts = [visit.complaint, _said(note, ILLNESS), "，".join(signs)]
    return "；".join(part for part in parts if part)


def _history(told: Summary, visit: EncounterLine | None) -> str:
    now = set(visit.diagnoses) if visit else set()
    return "；".join(str(one.text) for one in told.problems[:8] if one.text not in now)
