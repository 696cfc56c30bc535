"""What the access room announces."""

from dataclasses import dataclass
from typing import ClassVar

from kernel.outbox import Event


@dataclass(frozen=True)
class GlassBroken(Event):
    """Somebody opened a record by break-glass; it waits for its review."""

    topic: ClassVar[str] = "access.glass_broken"
    break_glass_id: str
    patient_id: str

    @property
    def stream(self) -> str:
        return f"patient:{self.patient_id}"


@dataclass(frozen=True)
class GlassJudged(Event):
    """医务科 has judged a break-glass opening."""

    topic: ClassVar[str] = "access.glass_judged"
    break_glass_id: str
    verdict: str

    @property
    def stream(self) -> str:
        return f"break_glass:{self.break_glass_id}"


@dataclass(frozen=True)
class LabelsChanged(Event):
    """The table of specially protected data has another line, or one less: what is stored is looked through."""

    topic: ClassVar[str] = "access.labels_changed"
    rule_id: str

    @property
    def stream(self) -> str:
        return "access.labels"
