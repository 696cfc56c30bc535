"""An exam's story: ordered, registered, recorded by a real file, read, reviewed; or wherever it ends before."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from consortium import selectors as consortium
from consortium.choices import Role
from diagnostics import services as diagnostics
from diagnostics.choices import FeeState, Priority
from ecg import services as ecg
from fixtures.demo import pictures, reports
from fixtures.demo.reports import Reading, Trace
from fixtures.demo.script import ExamPlan
from fixtures.ecg.files import dicom
from fixtures.ecg.synthetic import Drawn, Heart, draw
from imaging import services as imaging
from imaging.choices import Way
from imaging.services.arrivals import examine
from kernel import clock
from kernel.actor import Actor
from kernel.pinyin import pinyin_of
from portal.demo.cast import Cast
from portal.demo.diary import Story
from portal.demo.people import Resident

LATE: Final = ("draft", "submitted", "preliminary", "signed")
"""Ends at which a report is written."""


@dataclass(slots=True)
class Stage:
    """What the stories share: who acts, where files are spooled before their room takes them."""

    cast: Cast
    spool: Path
    house: Actor
    files: int = 0

    def dicom_name(self, name: str) -> str:
        """A name as DICOM writes it: letters, then hanzi where it has any."""
        family, given = (name[:1], name[1:]) if len(name) < 4 else (name[:2], name[2:])
        letters = pinyin_of(family)[0].replace(" ", ""), pinyin_of(given)[0].replace(" ", "")
        return f"{letters[0].title()}^{letters[1].title()}={family}^{given}"


@cache
def drawn(trace: Trace, seed: int) -> Drawn:
    """One heart of each kind is drawn once; the files differ by whose they are."""
    return draw(Heart(rhythm=trace.rhythm, rate=trace.rate, seed=seed))


def told(stage: Stage, plan: ExamPlan, resident: Resident) -> Story:
    """An exam that stands alone, from the branch's doctor to `plan.end`."""
    doctor = stage.cast.doctor(resident.home)
    request = order(doctor, plan, resident, None)
    yield from made(stage, plan, resident, request.pk)


def order(doctor: Actor, plan: ExamPlan, resident: Resident, encounter: UUID | None) -> Any:
    """The doctor asks the centre; answers the request."""
    questions = reports.QUESTIONS[plan.item]
    urgent = plan.priority == Priority.EMERGENCY
    return diagnostics.request_exam(
        by=doctor,
        key="",
        patient_id=resident.id,
        encounter_id=encounter,
        item_code=plan.item,
        priority=plan.priority,
        fee_state=FeeState.EMERGENCY if urgent else (FeeState.PAID, FeeState.ON_ACCOUNT)[plan.turn % 2],
        clinical_question=questions[plan.turn % len(questions)],
    )


def made(
    stage: Stage,
    plan: ExamPlan,
    resident: Resident,
    request_id: UUID,
    heard: Callable[[], None] | None = None,
) -> Story:
    """From the ordered exam on. `heard`: the doctor reads a critical value back."""
    doctor = stage.cast.doctor(resident.home)
    if plan.end in ("requested", "cancelled"):
        yield 0.2
        if plan.end == "cancelled":
            why = reports.CANCELLED[plan.turn % len(reports.CANCELLED)]
            diagnostics.cancel(by=doctor, request_id=request_id, version=None, reason=why)
        return
    yield 0.05
    request = diagnostics.register(by=doctor, request_id=request_id)
    if plan.end == "registered":
        return
    yield 0.1
    record(stage, plan, resident, request)
    if plan.end == "returned":
        yield 0.3
        reader = stage.cast.one(Role.READER, stage.cast.head.pk, "ecg", turn=plan.turn)
        diagnostics.retake(by=reader, request_id=request_id, reason=reports.RETAKE)
    elif plan.end != "examined":
        yield 0.2
        yield from read(stage, plan, request_id, heard)


def record(stage: Stage, plan: ExamPlan, resident: Resident, request: Any) -> None:
    """The cart's recording or the device's pictures come in and find their request."""
    if plan.trace is not None:
        send_ecg(stage, plan.trace, resident, request.accession_number, request.pk, plan.turn)
    else:
        send_pictures(stage, plan.item, resident, request)


def send_ecg(
    stage: Stage, trace: Trace, resident: Resident, accession: str, request_id: UUID | None, turn: int
) -> None:
    data = dicom(
        drawn(trace, turn % 3),
        patient_id=resident.made.id_number[-8:],
        patient_name=stage.dicom_name(resident.made.name),
        accession_number=accession,
        at=clock.local(clock.now()).replace(tzinfo=None),
        seed=accession,
    )
    doctor = stage.cast.doctor(resident.home)
    ecg.receive(
        by=doctor,
        stream=io.BytesIO(data),
        name=f"{accession}.dcm",
        content_type="application/dicom",
        request_id=request_id,
    )


def send_pictures(stage: Stage, item: str, resident: Resident, request: Any) -> None:
    """CT and MR are made at the head hospital, radiographs at the branch."""
    place = [branch.pk for branch in stage.cast.branches].index(resident.home) + 1
    title = {"CT": "HEAD_CT1", "MR": "HEAD_MR1"}.get(item[:2], f"T{place:02d}_DR")
    deliver(stage, title, item, resident, request.accession_number, request.item.name)


def deliver(stage: Stage, title: str, item: str, resident: Resident, accession: str, words: str) -> None:
    """The device `title` sends one study; the house gives it to its request, or puts it to those in doubt."""
    objects = pictures.study(
        item,
        accession=accession,
        name=stage.dicom_name(resident.made.name),
        patient_id=resident.made.id_number[-8:],
        born=resident.made.birth_date,
        sex=resident.made.sex,
        at=clock.local(clock.now()),
        title=words,
    )
    arrivals = []
    for data in objects:
        stage.files += 1
        path = stage.spool / f"{stage.files}.dcm"
        path.write_bytes(data)
        arrivals.append(examine(path, way=Way.STORE, source=title))
    outcomes = imaging.receive(by=stage.cast.device(title), arrivals=arrivals)
    for arrival in arrivals:
        arrival.path.unlink()
    for study_id in {outcome.study_id for outcome in outcomes if outcome.study_id}:
        imaging.settle(by=stage.house, study_id=study_id)


def read(stage: Stage, plan: ExamPlan, request_id: UUID, heard: Callable[[], None] | None = None) -> Story:
    """Claimed, written, handed over, signed: as far as `plan.end` goes."""
    centre = "ecg" if plan.trace else "imag"
    alone = plan.trace is not None and plan.end != "submitted"
    reader = _reader(stage, centre, alone=alone, turn=plan.turn)
    diagnostics.claim(by=reader, request_id=request_id)
    if plan.end not in LATE:
        return
    yield 0.1
    reading = plan.trace.reading if plan.trace else reports.IMAGES[plan.item]
    write(reader, request_id, reading)
    if plan.end == "draft":
        return
    yield 0.05
    if alone:
        diagnostics.sign(by=reader, request_id=request_id)
        if heard is not None and reading.critical:
            yield 0.03
            heard()
    else:
        diagnostics.submit(by=reader, request_id=request_id)
    if plan.end == "signed" and (not alone or reading.critical):
        yield 0.25
        reviewers = stage.cast.all(Role.REVIEWING_READER, stage.cast.head.pk, centre)
        second = [one for one in reviewers if one.id != reader.id]
        diagnostics.review(by=second[plan.turn % len(second)], request_id=request_id)


def _reader(stage: Stage, centre: str, *, alone: bool, turn: int) -> Actor:
    """A reader of the centre; one whose title lets her sign alone where she shall."""
    readers = stage.cast.all(Role.READER, stage.cast.head.pk, centre)
    fitting: list[Actor] = [one for one in readers if consortium.may_review(one)] if alone else readers
    return fitting[turn % len(fitting)]


def write(reader: Actor, request_id: UUID, reading: Reading) -> None:
    diagnostics.save_draft(
        by=reader,
        request_id=request_id,
        draft_version=0,
        findings=reading.findings,
        impression=reading.impression,
        advice=reading.advice,
        outcome=reading.outcome,
        critical_text=reading.critical,
    )
