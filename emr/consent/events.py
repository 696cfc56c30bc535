"""What the consent room announces."""

from dataclasses import dataclass
from typing import ClassVar

from kernel.outbox import Event


@dataclass(frozen=True)
class ConsentChanged(Event):
    """A consent was given, changed or withdrawn."""

    topic: ClassVar[str] = "consent.changed"
    consent_id: str
    patient_id: str

    @property
    def stream(self) -> str:
        return f"consent:{self.consent_id}"
