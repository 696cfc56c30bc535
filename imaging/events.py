"""What imaging announces: ids only."""

from dataclasses import dataclass
from typing import ClassVar

from kernel.outbox import Event


@dataclass(frozen=True)
class StudyEvent(Event):
    """Something happened to one study; events of one study stay in order."""

    study_id: str

    @property
    def stream(self) -> str:
        return f"study:{self.study_id}"


@dataclass(frozen=True)
class StudyMatched(StudyEvent):
    """A study belongs to a request now; its ImagingStudy is published."""

    topic: ClassVar[str] = "imaging.study_matched"
    request_id: str


@dataclass(frozen=True)
class StudyHeld(StudyEvent):
    """A study waits for a technologist to assign it."""

    topic: ClassVar[str] = "imaging.study_held"
    organisation_id: str
