"""What the index announces."""

from dataclasses import dataclass

from kernel import outbox


@dataclass(frozen=True)
class PatientRegistered(outbox.Event):
    """A hospital has a new patient record."""

    topic = "emr.patient_registered"

    patient_id: str
    organisation_id: str

    @property
    def stream(self) -> str:
        return f"patient:{self.patient_id}"


@dataclass(frozen=True)
class PatientRegisteredAgain(outbox.Event):
    """Somebody whose record stands here already was at the desk again."""

    topic = "emr.patient_registered_again"

    patient_id: str
    organisation_id: str

    @property
    def stream(self) -> str:
        return f"patient:{self.patient_id}"


@dataclass(frozen=True)
class PatientMoved(outbox.Event):
    """A patient record points to another person: merged, or a merge undone."""

    topic = "emr.patient_moved"

    patient_id: str
    from_person_id: str
    to_person_id: str

    @property
    def stream(self) -> str:
        return f"patient:{self.patient_id}"


@dataclass(frozen=True)
class PersonDied(outbox.Event):
    """A person has died: every hospital's record of her says so."""

    topic = "emr.person_died"

    person_id: str

    @property
    def stream(self) -> str:
        return f"person:{self.person_id}"
