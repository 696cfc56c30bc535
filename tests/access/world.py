"""A county of two halves for the walk: rows inside everybody's reach, and rows outside of it."""

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from psycopg.types.range import DateRange

from consortium import services as consortium
from consortium.choices import Role
from consortium.models import Narrowing, Notification, NotificationRecipient, Organisation, Post, Staff
from diagnostics import services as diagnostics
from diagnostics.models import CriticalValue, ExamRequest, Report
from emr.access import services as access
from emr.access.choices import BreakGlassReason
from emr.access.models import BreakGlass, Ground
from emr.formulary import services as formulary
from emr.formulary.models import StockedDrug
from emr.prescriptions import services as prescriptions
from emr.prescriptions.selectors import record
from imaging import services as imaging
from imaging.models import Quarantined
from insurance_bridge.models import Case, Day, FeeItem, FeeLine, Settlement, Shift, Visit
from kernel import alarms, clock, crypto, ids
from kernel.actor import Actor
from kernel.models import Alarm
from referral.choices import BODY
from referral.models import ArrivalProposal, Opinion, PeerMessage, Referral, WardQuestion
from tests.factories import consortium as make
from tests.factories import diagnostics as exams
from tests.factories import ecg, emr, referral
from tests.factories import imaging as pictures
from tests.factories.kernel import make_file
from tests.factories.prescriptions import line

HOUSE = Actor.system("tests")
HEAD_ROLES = {
    Role.COORDINATOR, Role.SPECIALIST, Role.READER, Role.REVIEWING_READER, Role.BED_DESK, Role.LEADER,
    Role.STATISTICIAN, Role.SYSTEM_MANAGER, Role.SECURITY_MANAGER, Role.AUDIT_MANAGER,
}  # fmt: skip
"""Posts at the head hospital; the others stand at the branch."""

OWN, OTHER = "own", "other"


@dataclass
class World:
    """People by role, and for every word in an address a row inside and a row outside of reach."""

    people: dict[str, Staff]
    ids: dict[str, dict[str, Any]] = field(default_factory=dict)
    mine: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    """Rows that belong to one person: role → word → side → id."""

    def value(self, word: str, side: str, role: str) -> Any:
        personal = self.mine.get(role, {}).get(word)
        return (personal or self.ids[word])[side]


def build(folder: Path) -> World:
    hospital = make.make_organisation("head_hospital")
    branch, far, farther = (make.make_organisation() for _ in range(3))
    people = {
        role: make.make_staff(role, hospital if role in HEAD_ROLES else branch, title="chief")
        for role in Role.values
    }
    world = World(people)
    for side, place, receiver in ((OWN, branch, hospital), (OTHER, far, farther)):
        _half(world, side, place, receiver, folder)
    _fixed(world, hospital, farther)
    for role, person in people.items():
        _personal(world, role, person)
    return world


def _put(world: World, side: str, **rows: Any) -> None:
    for word, value in rows.items():
        world.ids.setdefault(word, {})[side] = value


def _half(world: World, side: str, place: Organisation, receiver: Organisation, folder: Path) -> None:
    """One patient's rows at `place`, sent on to `receiver`."""
    hospital = make.make_organisation("head_hospital")
    doctor = world.people[Role.BRANCH_DOCTOR] if side == OWN else make.make_staff(Role.BRANCH_DOCTOR, place)
    patient = emr.make_patient(place)
    by = make.actor_of(doctor)
    encounter = emr.make_encounter(by, patient.pk, diagnoses=[("", "头晕", "confirmed")])
    leg = referral.make_submitted(_county(place, hospital, patient, by))
    Referral.objects.filter(pk=leg.pk).update(target=receiver)
    sign = ArrivalProposal.objects.create(
        referral=leg, sign="registration", reference=side, noticed_at=clock.now()
    )
    asked = WardQuestion.objects.create(
        referral=leg, department=make.make_department(receiver), wanted_date=clock.today(),
        asked_by=world.people[Role.COORDINATOR], asked_at=clock.now(),
    )  # fmt: skip
    _put(world, side, question_id=asked.pk, relation_id=patient.pk, message_id=_message(leg, side))
    word = Opinion.objects.create(
        referral=leg, department=asked.department, asked_by=asked.asked_by, asked_at=asked.asked_at
    )
    _put(world, side, opinion_id=word.pk)
    _put(world, side, prescription_id=_prescription(by, encounter))
    _put(world, side, patient_id=patient.pk, encounter_id=encounter, referral_id=leg.pk, proposal_id=sign.pk)
    followed = referral.make_followed(hospital, place, patient.pk, make.actor_of(doctor))
    _put(world, side, item_id=followed.plan.get().pk, drug_id=_drug(place))
    _put(world, side, condition_id=patient.pk, organisation_id=place.pk, id=patient.pk)
    _exam(world, side, place, hospital, receiver, doctor, patient.pk)
    _pictures(world, side, receiver, folder)
    _money(world, side, place, patient, world.people[Role.CASHIER] if side == OWN else doctor)
    _glass(world, side, place)
    ground = Ground.objects.filter(patient=patient).values_list("pk", flat=True).first()
    _put(world, side, ground_id=ground, consent_id=patient.pk, contract_id=patient.pk, left=patient.pk)
    _put(world, side, right=patient.pk, rule_id=patient.pk, week="2026-11-16", paper="0f" * 32, code="up")
    ward, device = make.make_department(receiver), make.make_entity(f"DEVICE {side}".upper(), receiver)
    _put(world, side, token="A" * 20, department_id=ward.pk)
    _put(world, side, bed_id=make.make_bed(ward).pk, entity_id=device.pk)
    if side == OTHER:  # what the head hospital was shown on the way belongs to the other half now
        Ground.objects.filter(patient=patient, organisation=hospital).delete()


def _message(leg: Referral, side: str) -> UUID:
    """A message of no leg, refused at the door, which the head hospital's centre sees; one about the others' leg."""
    outside, pk = make.make_organisation("outside"), ids.uuid7()
    PeerMessage.objects.create(
        id=pk, organisation=outside, referral=leg if side == OTHER else None, way="in", activity="C01001",
        header=side, body_sealed=crypto.seal_bytes(BODY, pk, b"{}"), state="refused", created_at=clock.now(),
        settled_at=clock.now(),
    )  # fmt: skip
    return pk


def _prescription(by: Actor, encounter: str) -> UUID:
    """A sheet of the visit, signed by its doctor."""
    visit = UUID(encounter)
    told = record.visit(by=by, encounter_id=visit).diagnoses
    return prescriptions.sign(
        by=by, key="", encounter_id=visit, lines=[line()], diagnoses=[one.id for one in told]
    ).pk


def _drug(place: Organisation) -> UUID:
    formulary.keep_drugs(by=HOUSE, drugs=["氨氯地平片"], organisation_id=place.pk)
    return StockedDrug.objects.get(organisation=place).pk


def _county(place: Organisation, hospital: Organisation, patient: Any, by: Actor) -> referral.County:
    ward = make.make_department(hospital)
    nobody = by
    return referral.County(
        hospital=hospital, ward=ward, bed=make.make_bed(ward), branch=place, patient=patient, doctor=by,
        coordinator=nobody, reception=nobody, specialist=nobody,
    )  # fmt: skip


def _exam(
    world: World, side: str, place: Organisation, hospital: Organisation, receiver: Organisation, doctor: Staff,
    patient_id: UUID,
) -> None:  # fmt: skip
    reader, reviewer = (
        make.make_staff(role, hospital, title="chief") for role in (Role.READER, Role.REVIEWING_READER)
    )
    technologist = make.make_staff(Role.TECHNOLOGIST, place)
    scene = exams.Scene(place, hospital, doctor, technologist, reader, reviewer, patient_id)
    request = exams.make_draft(scene, exams.make_examined(scene))
    report = diagnostics.sign(by=scene.by("reader"), request_id=request.pk)
    open_one = exams.make_examined(scene)
    critical = CriticalValue.objects.create(
        report=report, request=request, text="K 6.8", raised_at=clock.now(), raised_by=reader, receiver=doctor,
        due_at=clock.now() + timedelta(minutes=10),
    )  # fmt: skip
    ExamRequest.objects.filter(pk__in=[request.pk, open_one.pk]).update(centre=receiver)
    assert Report.objects.filter(pk=report.pk).exists()
    _put(world, side, request_id=open_one.pk, report_id=report.pk, critical_id=critical.pk)


def _pictures(world: World, side: str, place: Organisation, folder: Path) -> None:
    device = pictures.make_device(place)
    scan = pictures.make_dataset(AccessionNumber="", PatientName="NOBODY^KNOWN", PatientID=f"X-{side}")
    (filed,) = imaging.receive(by=device, arrivals=[pictures.make_arrival(folder, scan)])
    imaging.settle(by=HOUSE, study_id=filed.study_id)
    held = Quarantined.objects.create(
        custodian=place, fault="unreadable", file=make_file(name=f"{side}.dcm"), size=10, digest=b"x" * 32,
        way="c_store", source="CT1", received_at=clock.now(),
    )  # fmt: skip
    recording = ecg.make_recording(make.make_actor(Role.TECHNOLOGIST, place))
    _put(world, side, study_id=filed.study_id, quarantined_id=held.pk, recording_id=recording.pk)
    _put(
        world, side, study=scan.StudyInstanceUID, series=scan.SeriesInstanceUID, instance=scan.SOPInstanceUID
    )


def _money(world: World, side: str, place: Organisation, patient: Any, cashier: Staff) -> None:
    now, today = clock.now(), clock.today() - timedelta(days=1)
    visit = Visit.objects.create(patient=patient, organisation=place, kind="outpatient", begun_at=now)
    item, _made = FeeItem.objects.get_or_create(
        code="F1", defaults={"name": "挂号", "initials": "gh", "unit": "次", "price": 100, "fee_class": "A"}
    )
    line = FeeLine.objects.create(
        visit=visit, item=item, name="挂号", quantity=1, price=100, fee_class="A", self_pay_ratio=0, amount=100,
        source="typed", charged_at=now, charged_by="x",
    )  # fmt: skip
    settlement = Settlement.objects.create(
        visit=visit,
        organisation=place,
        batch=f"b-{side}",
        asked_total=100,
        requested_at=now,
        requested_by=cashier,
    )
    shift = Shift.objects.create(organisation=place, cashier=cashier, opened_at=now, day_date=clock.today())
    day = Day.objects.create(organisation=place, date=today)
    case = Case.objects.create(
        day=day, kind="hospital_more", evidence=side, opened_at=now, due_at=now, settlement=settlement
    )
    _put(world, side, visit_id=visit.pk, line_id=line.pk, settlement_id=settlement.pk, shift_id=shift.pk)
    _put(world, side, day=today.isoformat(), case_id=case.pk)


def _glass(world: World, side: str, place: Organisation) -> None:
    opener = make.make_actor(Role.BRANCH_DOCTOR, place)
    elsewhere = emr.make_patient()
    glass = access.break_glass(
        by=opener, key="", patient_id=elsewhere.pk, reason=BreakGlassReason.values[0],
        explanation="急诊昏迷，需要了解过敏史和既往病史",
    )  # fmt: skip
    assert BreakGlass.objects.filter(pk=glass.pk).exists()
    _put(world, side, break_glass_id=glass.pk)


def _fixed(world: World, hospital: Organisation, farther: Organisation) -> None:
    """Rows of the managers: there is no outside for them, so both sides are real rows."""
    staff = [make.make_staff(Role.CASHIER) for _ in range(2)]
    for side, person in zip((OWN, OTHER), staff, strict=True):
        _put(world, side, staff_id=person.pk, post_id=Post.objects.get(staff=person).pk)
        made = consortium.register_client(
            by=HOUSE,
            client_id=f"c-{side}",
            name="HIS",
            organisation_id=hospital.pk,
            scopes=["system/Patient.read"],
        )
        row = Narrowing(
            role=Role.CASHIER, organisation=farther, model="ecg.recording", action="view",
            period=DateRange(clock.today(), None, "[)"), given_by="x",
        )  # fmt: skip
        row.save()
        alarms.alarm("kernel.row_damaged", subject=row)
        alarm = Alarm.objects.filter(subject_id=str(row.pk)).values_list("pk", flat=True).first()
        _put(world, side, client_pk=made.client.pk, narrowing_id=row.pk, alarm_id=alarm or row.pk)
        guard = make.make_actor(Role.SECURITY_MANAGER, hospital)
        change = consortium.propose(
            by=guard, kind="post.end", subject=person.pk, payload={"post": str(Post.objects.get(staff=person).pk)},
            reason="leaves",
        )  # fmt: skip
        _put(world, side, change_id=change.pk, certificate_id=row.pk, passkey_id=row.pk, name="mass_reading")
        _put(world, side, group="imaging", verb="close", number=1, numbers="1", place="1-2", kind="Patient")


def _personal(world: World, role: str, person: Staff) -> None:
    """Sessions, notices and kept forms: of the person herself, and of a colleague in the same post."""
    place = Post.objects.get(staff=person).organisation
    pair = (person, make.make_staff(role, place))
    rows = [_of(one) for one in pair]
    world.mine[role] = {
        word: {OWN: rows[0][word], OTHER: rows[1][word]} for word in ("session_id", "notice_id", "form_id")
    }


def _of(person: Staff) -> dict[str, Any]:
    session = make.open_session(person)
    told = Notification.objects.create(key=f"k-{person.pk}", level=1, title="x", made_by="x")
    notice = NotificationRecipient.objects.create(notification=told, staff=person)
    form = consortium.keep_form(by=HOUSE, staff_id=person.pk, path="/me/", fields={"a": ["b"]})
    return {"session_id": session.pk, "notice_id": notice.pk, "form_id": form.pk}
