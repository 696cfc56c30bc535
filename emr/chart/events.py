"""What the chart announces."""

from dataclasses import dataclass

from kernel import outbox


@dataclass(frozen=True)
class EncounterRecorded(outbox.Event):
    """A doctor has signed an encounter note."""

    topic = "emr.encounter_recorded"

    encounter_id: str
    patient_id: str
    organisation_id: str

    @property
    def stream(self) -> str:
        return f"patient:{self.patient_id}"
