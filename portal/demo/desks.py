"""What lies on the other desks: fee lines to settle, a record opened by break-glass, files nobody knows."""

import io
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from consortium.choices import Role
from ecg import services as ecg
from emr.access import services as access
from emr.access.choices import BreakGlassReason
from emr.capacity import selectors as capacity
from emr.capacity import services as beds
from fixtures.demo import cases
from fixtures.demo.reports import TRACES
from fixtures.ecg.files import dicom
from fixtures.people import Made
from insurance_bridge import services as insurance
from insurance_bridge.choices import VisitKind
from kernel import clock
from portal.demo import exams
from portal.demo.diary import Story
from portal.demo.exams import Stage
from portal.demo.people import Resident
from referral import services as referral

STAY: Final = (("110200005", 6), ("110900001", 6), ("120100003", 6), ("250101015", 1), ("250304001", 2),
               ("XJ01DD", 12), ("120400003", 12))  # fmt: skip
OPERATION: Final = (("331004020", 1), ("330100005", 1), ("110900001", 4), ("120100002", 2), ("C14150", 2))
VISIT: Final = (("110200002", 1), ("250101015", 1), ("250302009", 1), ("XC08CA", 2), ("XA10BA", 3))
BILLS: Final = (
    (VisitKind.INPATIENT, STAY), (VisitKind.OUTPATIENT, VISIT), (VisitKind.INPATIENT, OPERATION),
    (VisitKind.OUTPATIENT, VISIT[:3]), (VisitKind.OUTPATIENT, (("110200004", 1), ("250306008", 2))),
)  # fmt: skip
"""Items and quantities of one bill each."""
EXPLANATION: Final = "患者昏迷由路人送来，无家属陪同，需了解既往病史与过敏史"
BROKEN: Final = "呼叫器故障，报修中"


def guides(stage: Stage) -> None:
    """Where the head hospital's departments receive referred patients."""
    desk = stage.cast.one(Role.COORDINATOR, stage.cast.head.pk)
    for code, (place, bring) in cases.GUIDES.items():
        ward = stage.cast.departments[code]
        referral.set_guide(
            by=desk, department_id=ward.pk, version=0, place=place, telephone=ward.telephone, bring=bring
        )


def bill(stage: Stage, resident: Resident, turn: int) -> Story:
    """The cashier of the head hospital opens a visit and types its fees."""
    kind, lines = BILLS[turn % len(BILLS)]
    cashier = stage.cast.one(Role.CASHIER, stage.cast.head.pk, turn=turn)
    visit = insurance.open_visit(by=cashier, key="", patient_id=resident.id, kind=kind)
    for code, quantity in lines:
        yield 0.02
        insurance.add_fee(by=cashier, key="", visit_id=visit.pk, item_code=code, quantity=Decimal(quantity))


def glass(stage: Stage, resident: Resident) -> Story:
    """A doctor of the emergency department opens the record of an unconscious stranger."""
    yield 0.1
    access.break_glass(
        by=stage.cast.one(Role.SPECIALIST, stage.cast.head.pk, "er"),
        key="",
        patient_id=resident.id,
        reason=BreakGlassReason.UNCONSCIOUS,
        explanation=EXPLANATION,
    )


def stranger(branch: Resident) -> Resident:
    """Somebody whose files name no request of this house."""
    made = Made("王翀", "1", date(1971, 5, 4), "none", "", "forgotten", "", "", 0)
    return Resident(branch.id, branch.home, made)


def unknown_ecg(stage: Stage, resident: Resident) -> Story:
    """A cart sends a recording with a number nobody gave."""
    yield 0.1
    data = dicom(
        exams.drawn(TRACES[2], 1),
        patient_name=stage.dicom_name(resident.made.name),
        accession_number="EC0000000000",
        at=clock.local(clock.now()).replace(tzinfo=None),
        seed="stranger",
    )
    ecg.receive(
        by=stage.cast.doctor(resident.home),
        stream=io.BytesIO(data),
        name="ecg.dcm",
        content_type="application/dicom",
    )


def unknown_study(stage: Stage, resident: Resident) -> Story:
    """A device sends a study without a request of this number: it waits for a technologist."""
    yield 0.1
    exams.deliver(stage, "HEAD_DR1", "DXCHEST1", resident, "DX0000000000", "胸部正位DR")


def ward(stage: Stage, department: str, residents: Sequence[Resident]) -> Story:
    """People who came without a referral lie in a ward's last beds; one more bed is out of use."""
    place = stage.cast.departments[department].pk
    free = capacity.free_beds(place)[::-1]
    desk = stage.cast.one(Role.BED_DESK, stage.cast.head.pk, department)
    for bed, resident in zip(free[1:], residents, strict=False):
        beds.occupy(by=desk, source=f"walk-in:{resident.id}", bed_id=bed.id, patient_id=resident.id)
        yield 0.3
    if free:
        until = clock.now() + timedelta(days=9)
        beds.block(by=desk, bed_id=free[0].id, source=f"repair:{free[0].id}", reason=BROKEN, until=until)
