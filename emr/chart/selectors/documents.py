"""Notes and other documents, and one encounter with all that was written in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from emr.chart.engine import reading
from emr.repository import selectors as repository
from kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class Document:
    """A signed document as it is read: title, sections (title, lines), author, place."""

    id: str
    encounter_id: str
    patient_id: str
    title: str
    at: datetime | None
    author: str
    organisation: str
    sections: tuple[tuple[str, tuple[str, ...]], ...]


def documents(*, by: Actor, patient_id: UUID, limit: int = 60) -> list[Document]:
    """Documents of this person at all hospitals, newest first, as far as they are open to the actor."""
    found = repository.of_patient(by=by, patient_id=patient_id, kind="Composition", limit=limit)
    return [_document(one) for one in found]


def document(*, by: Actor, encounter_id: UUID) -> Document:
    """The note of one encounter; one without a note (from another system) is told from its own resource.

    Raises OutOfReach (404) when the encounter is not open to the actor.
    """
    visit = repository.read(by=by, kind="Encounter", id=str(encounter_id))
    patient = reading.key_of(visit.get("subject"))
    found = documents(by=by, patient_id=UUID(patient), limit=200)
    return next((one for one in found if one.encounter_id == str(encounter_id)), _bare(visit))


def _document(resource: Mapping[str, Any]) -> Document:
    sections = tuple(
        (str(part.get("title") or ""), _lines(part)) for part in resource.get("section") or [] if _lines(part)
    )
    return Document(
        id=str(resource["id"]),
        encounter_id=reading.key_of(resource.get("encounter")),
        patient_id=reading.key_of(resource.get("subject")),
        title=str(resource.get("title") or ""),
        at=reading.moment(resource.get("date")),
        author=reading.display((resource.get("author") or [{}])[0]),
        organisation=reading.display(resource.get("custodian")),
        sections=sections,
    )


def _lines(section: Mapping[str, Any]) -> tuple[str, ...]:
    """The narrative without its tags: shown as text, never as another system's markup."""
    return tuple(
        line for line in reading.plain(str((section.get("text") or {}).get("div") or "")) if line != "-"
    )


def _bare(resource: Mapping[str, Any]) -> Document:
    who = (resource.get("participant") or [{}])[0].get("individual")
    names = tuple(reading.display(one.get("condition")) for one in resource.get("diagnosis") or [])
    sections: list[tuple[str, tuple[str, ...]]] = [
        ("主诉", (reading.words((resource.get("reasonCode") or [{}])[0]),))
    ]
    if names:
        sections.append(("诊断", names))
    return Document(
        id=str(resource["id"]),
        encounter_id=str(resource["id"]),
        patient_id=reading.key_of(resource.get("subject")),
        title="",
        at=reading.moment((resource.get("period") or {}).get("start")),
        author=reading.display(who),
        organisation=reading.display(resource.get("serviceProvider")),
        sections=tuple(sections),
    )
