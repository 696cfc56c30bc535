"""What diagnostics announces: ids only."""

from dataclasses import dataclass
from typing import ClassVar

from kernel.outbox import Event


@dataclass(frozen=True)
class ExamEvent(Event):
    """Something happened to one exam request; events of one request stay in order."""

    request_id: str

    @property
    def stream(self) -> str:
        return f"exam:{self.request_id}"


@dataclass(frozen=True)
class ExamRequested(ExamEvent):
    topic: ClassVar[str] = "exam.requested"


@dataclass(frozen=True)
class ExamCancelled(ExamEvent):
    topic: ClassVar[str] = "exam.cancelled"


@dataclass(frozen=True)
class ExamExamined(ExamEvent):
    """Recording or images are there: reading may begin."""

    topic: ClassVar[str] = "exam.examined"


@dataclass(frozen=True)
class ReportSigned(ExamEvent):
    """A version of the report is signed, preliminary or final."""

    topic: ClassVar[str] = "exam.report_signed"
    report_id: str
    version: int


@dataclass(frozen=True)
class ExamFinished(ExamEvent):
    """The first signed report exists: the service is rendered. Announced once per request."""

    topic: ClassVar[str] = "exam.finished"


@dataclass(frozen=True)
class CriticalRaised(ExamEvent):
    topic: ClassVar[str] = "exam.critical_raised"
    critical_id: str


@dataclass(frozen=True)
class CriticalReadBack(ExamEvent):
    topic: ClassVar[str] = "exam.critical_read_back"
    critical_id: str


@dataclass(frozen=True)
class ExamReturned(ExamEvent):
    """The material cannot be read; it must be made again."""

    topic: ClassVar[str] = "exam.returned"
