"""A visit at a branch and what may be prescribed in it."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from consortium.choices import OrganisationKind, Role
from consortium.models import Organisation, Staff
from emr.index.models import Patient
from emr.prescriptions import services
from emr.prescriptions.engine.sheet import Line
from emr.prescriptions.models import Prescription
from emr.prescriptions.selectors import record
from kernel.actor import Actor
from tests.factories.consortium import actor_of, make_organisation, make_staff
from tests.factories.emr import make_encounter, make_patient


@dataclass(frozen=True)
class Visit:
    """A visit of today with one diagnosis."""

    place: Organisation
    staff: Staff
    doctor: Actor
    patient: Patient
    encounter: UUID

    @property
    def diagnoses(self) -> list[str]:
        """Ids of what was diagnosed, as far as the doctor may see it."""
        return [one.id for one in record.visit(by=self.doctor, encounter_id=self.encounter).diagnoses]


def make_visit(
    kind: str = OrganisationKind.BRANCH,
    *,
    role: str = Role.BRANCH_DOCTOR,
    patient: Patient | None = None,
    clearance: int | None = None,
    licence: str = "physician",
    **said: Any,
) -> Visit:
    """A doctor of `licence` sees a patient of her institution."""
    place = patient.organisation if patient else make_organisation(kind=kind)
    staff = make_staff(role, place, licence=licence, clearance=clearance)
    doctor = actor_of(staff)
    person = patient or make_patient(place)
    said.setdefault("diagnoses", [("", "原发性高血压", "confirmed")])
    return Visit(place, staff, doctor, person, UUID(make_encounter(doctor, person.pk, **said)))


def line(name: str = "氨氯地平片", **said: Any) -> Line:
    """One medicine for a week."""
    values: dict[str, Any] = {
        "name": name,
        "strength": "5mg×7片",
        "dose": Decimal(5),
        "unit": "mg",
        "often": "qd",
        "route": "1",
        "days": 7,
        "amount": 1,
        "pack": "盒",
        **said,
    }
    return Line(**values)


def make_prescription(visit: Visit, *lines: Line, **said: Any) -> Prescription:
    """A signed sheet of the visit."""
    values: dict[str, Any] = {"by": visit.doctor, "key": "", "diagnoses": visit.diagnoses, **said}
    return services.sign(encounter_id=visit.encounter, lines=list(lines) or [line()], **values)
