"""A county small enough for a referral: one head hospital, one branch, everybody who touches a leg."""

from dataclasses import dataclass
from uuid import UUID

from psycopg.types.range import DateRange

from consortium.choices import OrganisationKind, Role
from consortium.models import Bed, Department, Organisation
from emr.index.models import Patient
from kernel import clock, ids
from kernel.actor import Actor
from referral import services
from referral.models import Referral, Relation
from tests.factories.consortium import (
    make_actor,
    make_bed,
    make_department,
    make_organisation,
)
from tests.factories.emr import make_patient


@dataclass(frozen=True)
class County:
    hospital: Organisation
    ward: Department
    bed: Bed
    branch: Organisation
    patient: Patient
    doctor: Actor
    coordinator: Actor
    reception: Actor
    specialist: Actor


def make_county() -> County:
    hospital = make_organisation(kind=OrganisationKind.HEAD_HOSPITAL)
    ward = make_department(hospital)
    branch = make_organisation()
    return County(
        hospital=hospital,
        ward=ward,
        bed=make_bed(ward),
        branch=branch,
        patient=make_patient(organisation=branch),
        doctor=make_actor(Role.BRANCH_DOCTOR, branch),
        coordinator=make_actor(Role.COORDINATOR, hospital),
        reception=make_actor(Role.RECEPTION, hospital),
        specialist=make_actor(Role.SPECIALIST, hospital),
    )


def make_followed(hospital: Organisation, branch: Organisation, patient_id: UUID, doctor: Actor) -> Referral:
    """A down leg whose plan runs at `branch`, with one item that is due today."""
    now = clock.now()
    leg = Referral.objects.create(
        number=f"HZ-{ids.uuid7().hex[-12:]}",
        patient_id=patient_id,
        person_id=Patient.objects.get(pk=patient_id).person_id,
        direction="down",
        source=hospital,
        target=branch,
        doctor_id=doctor.person,
        receiving_doctor_id=doctor.person,
        status="rehab_active",
        diagnosis="完全性房室传导阻滞",
        reason="起搏器植入术后",
        treatment="阿托伐他汀 20 mg 每晚",
        consent="patient",
        created_at=now,
        submitted_at=now,
    )
    leg.plan.create(place=1, text="测血压", due_date=clock.today())
    return leg


def make_draft(county: County, **content: str) -> Referral:
    words = {
        "priority": "urgent",
        "diagnosis_code": "",
        "diagnosis": "完全性房室传导阻滞",
        "reason": "头晕黑蒙 2 小时，心室率 34 次/分",
        "consent": "patient",
        **content,
    }
    return services.draft(
        by=county.doctor, key="", patient_id=county.patient.pk, target_id=county.hospital.pk, **words
    )


def make_submitted(county: County, **content: str) -> Referral:
    referral = make_draft(county, **content)
    return services.submit(by=county.doctor, referral_id=referral.pk, version=referral.version, key="")


def make_relation(source: Organisation, target: Organisation) -> Relation:
    """Two institutions that refer to one another from today on."""
    return Relation.objects.create(
        source=source, target=target, kind="level", period=DateRange(clock.today(), None, "[)"), made_by="tests",
        made_at=clock.now(),
    )  # fmt: skip
