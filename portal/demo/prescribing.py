"""Prescriptions of the demo county: a follow-up visit at a branch, signed by its doctor; one of them made void; and two
of an assistant at the head hospital: one waits for a physician's signature, one waited in vain."""

from dataclasses import replace
from decimal import Decimal
from typing import Final
from uuid import UUID

from consortium import selectors as consortium
from consortium.choices import Licence, Role
from emr.chart import services as chart
from emr.chart.choices import Certainty
from emr.prescriptions import services as prescriptions
from emr.prescriptions.choices import Kind, VoidReason
from emr.prescriptions.engine.sheet import Line
from emr.prescriptions.selectors import record
from portal.demo.diary import Story
from portal.demo.exams import Stage
from portal.demo.people import Resident

AMLODIPINE: Final = Line("氨氯地平片", Decimal(5), "mg", "qd", "1", 7, 1, "盒", "5mg×7片")
METFORMIN: Final = Line("二甲双胍片", Decimal("0.5"), "g", "tid", "1", 7, 1, "瓶", "0.25g×60片", "餐中服")
PRESSURE: Final = ("I10", "原发性高血压")
WARD: Final = "er"
LATE: Final = "药房已下班，明日取药"
SUGAR: Final = ("E11.9", "2型糖尿病")
SHEETS: Final = (
    ("慢病随访", (PRESSURE, SUGAR), (AMLODIPINE, METFORMIN), Kind.ORDINARY, "", 3.0),
    ("血压随访，无不适", (PRESSURE,), (AMLODIPINE,), Kind.LONG, "高血压，血压稳定 3 月", 27.0),
    ("血糖复查", (SUGAR,), (METFORMIN,), Kind.ORDINARY, "", 50.0),
)
"""Complaint, diagnoses, medicines, kind, why so long, hours ago; the first is 周桂芳's, the last is void."""


def told(stage: Stage, number: int, resident: Resident) -> Story:
    """A visit and its sheet."""
    complaint, diagnoses, lines, kind, why, _hours = SHEETS[number]
    doctor = stage.cast.doctor(resident.home)
    visit = UUID(
        chart.record_encounter(
            by=doctor,
            key="",
            patient_id=resident.id,
            complaint=complaint,
            diagnoses=[(code, words, Certainty.CONFIRMED) for code, words in diagnoses],
            vitals={"systolic": Decimal(138), "diastolic": Decimal(84), "pulse": Decimal(72)},
        )
    )
    yield 0.1
    known = record.visit(by=doctor, encounter_id=visit).diagnoses
    chosen = [one.id for one in known]
    days = 28 if kind == Kind.LONG else 7
    sheet = prescriptions.sign(
        by=doctor,
        key="",
        encounter_id=visit,
        lines=[_for(line, days) for line in lines],
        diagnoses=chosen,
        kind=kind,
        long_reason=why,
    )
    if number == len(SHEETS) - 1:
        yield 0.2
        prescriptions.void(
            by=doctor, prescription_id=sheet.pk, version=1, reason=VoidReason.CHANGED, words="改用中成药"
        )


def waiting(stage: Stage, resident: Resident, *, days: int = 1, why: str = "") -> Story:
    """An assistant physician of the emergency department sees somebody; a physician has still to sign too.

    `days`, `why`: how long the sheet is valid.
    """
    doctors = stage.cast.all(Role.SPECIALIST, stage.cast.head.pk, WARD)
    doctor = next(one for one in doctors if consortium.licence(one) == Licence.ASSISTANT)
    visit = UUID(
        chart.record_encounter(
            by=doctor, key="", patient_id=resident.id, complaint="头痛 2 小时，测血压高",
            diagnoses=[(*PRESSURE, Certainty.CONFIRMED)],
            vitals={"systolic": Decimal(168), "diastolic": Decimal(98), "pulse": Decimal(84)},
        )
    )  # fmt: skip
    yield 0.1
    chosen = [one.id for one in record.visit(by=doctor, encounter_id=visit).diagnoses]
    prescriptions.sign(
        by=doctor,
        key="",
        encounter_id=visit,
        lines=[_for(AMLODIPINE, 3)],
        diagnoses=chosen,
        kind=Kind.EMERGENCY,
        valid_days=days,
        valid_reason=why,
    )


def _for(line: Line, days: int) -> Line:
    """The same medicine for so many days."""
    return replace(line, days=days, amount=max(1, days // 7))
