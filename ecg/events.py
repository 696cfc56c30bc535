"""What the ECG room announces: ids only."""

from dataclasses import dataclass
from typing import ClassVar

from kernel.outbox import Event


@dataclass(frozen=True)
class RecordingReceived(Event):
    """A recording is stored and measured; `queue`: 0 normal, 1 yellow, 2 red; `request_id` empty while unmatched."""

    topic: ClassVar[str] = "ecg.recording_received"
    recording_id: str
    request_id: str
    queue: int

    @property
    def stream(self) -> str:
        return f"ecg:{self.recording_id}"
