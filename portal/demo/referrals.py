"""A referral's story, from the branch doctor's encounter to wherever it stands now."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any, Final
from uuid import UUID

from consortium.choices import Role
from diagnostics import selectors as diagnosed
from diagnostics import services as diagnostics
from diagnostics.choices import CriticalAction
from emr.capacity import selectors as capacity
from emr.chart import services as chart
from emr.chart.choices import Certainty
from emr.repository import selectors as repository
from fixtures.demo import cases, reports
from fixtures.demo.script import ExamPlan, LegPlan
from kernel import clock
from kernel.actor import Actor
from portal.demo import exams, plans
from portal.demo.diary import Story
from portal.demo.exams import Stage
from portal.demo.people import Resident
from referral import services as referral
from referral.choices import AttachmentKind, ConsentBasis, FollowUp, NoPlan

BEFORE_ANSWER: Final = ("draft", "submitted", "cancelled", "void")
ON_THE_WAY: Final = ("waitlisted", "moving", "no_show", "came")
DOWN: Final = ("down_submitted", "rehab", "down_closed")


def told(stage: Stage, plan: LegPlan, resident: Resident) -> Story:
    """The whole story; it ends at `plan.end`."""
    leg = Leg(stage, plan, resident)
    yield from leg.branch()
    if plan.end in BEFORE_ANSWER:
        return
    if plan.end == "asked":
        yield from leg.ask()
        return
    yield from leg.answer()
    if plan.end in ("rejected", "accepted", "scheduled"):
        return
    if plan.end in ON_THE_WAY:
        yield from leg.way()
        return
    yield from leg.stay()
    if plan.end in DOWN:
        yield from leg.down()


class Leg:
    """One referral with the people on both sides of it."""

    def __init__(self, stage: Stage, plan: LegPlan, resident: Resident) -> None:
        self.stage, self.plan, self.case, self.resident = stage, plan, plan.case, resident
        cast = stage.cast
        self.ward = cast.departments[self.case.department]
        self.doctor = cast.doctor(resident.home)
        self.specialist = cast.one(Role.SPECIALIST, cast.head.pk, self.case.department, turn=plan.turn)
        self.coordinator = cast.one(Role.COORDINATOR, cast.head.pk, turn=plan.turn)
        self.reception = cast.one(Role.RECEPTION, cast.head.pk, "adm", turn=plan.turn)
        self.id: UUID
        self.version = 0
        self.items: list[UUID] = []
        # An emergency that is still at the door went first: its papers are owed.
        self.rushed = self.case.priority == "emergency" and plan.end == "arrived"

    def do(self, verb: Callable[..., Any], by: Actor, **said: Any) -> Any:
        """One step of the leg with its version; the answer's version is the next one."""
        done = verb(by=by, referral_id=self.id, version=self.version, key="", **said)
        self.version = done.version
        return done

    # -- the branch ---------------------------------------------------------------------------------------------

    def branch(self) -> Story:
        """Encounter, exams, form, submission; or the draft thrown away, the form taken back."""
        encounter = self.encounter()
        yield 0.1
        attached: list[tuple[str, str]] = [(AttachmentKind.SUMMARY, self.summary())]
        if self.plan.exams:
            yield from self.examine(UUID(encounter), attached)
        self.draft(encounter, attached)
        if self.plan.end == "draft":
            return
        yield 0.15
        if self.plan.end == "void":
            self.do(referral.discard, self.doctor)
            return
        if self.rushed:
            self.do(referral.emergency_send, self.doctor, eta_minutes=50, transport="120 救护车")
            return
        self.do(referral.submit, self.doctor)
        if self.plan.end == "cancelled":
            yield 1.5
            words = cases.WITHDRAWALS[self.plan.turn % len(cases.WITHDRAWALS)]
            self.do(referral.withdraw, self.doctor, reason=words)

    def encounter(self) -> str:
        case = self.case
        return chart.record_encounter(
            by=self.doctor,
            key="",
            patient_id=self.resident.id,
            complaint=case.complaint,
            history=case.history,
            plan=case.treatment,
            diagnoses=[(case.code, case.diagnosis, Certainty.PROVISIONAL)],
            vitals={"pulse": Decimal(88), "temperature": Decimal("36.8"), "saturation": Decimal(95)},
        )

    def summary(self) -> str:
        """The newest Composition of the patient: what the doctor has just signed."""
        found = repository.of_patient(
            by=self.doctor, patient_id=self.resident.id, kind="Composition", limit=1
        )
        return str(found[0]["id"])

    def examine(self, encounter: UUID, attached: list[tuple[str, str]]) -> Story:
        """The case's exams, each with its signed report; a critical value is read back."""
        for item in self.case.exams:
            trace = reports.OF_CASE.get(self.case.code, reports.TRACES[0]) if item == "ECG12" else None
            plan = ExamPlan(item, "signed", 0, self.plan.branch, self.case.priority, self.plan.turn, trace)
            request = exams.order(self.doctor, plan, self.resident, encounter)
            heard = partial(self.read_back, request.pk, trace.reading.critical if trace else "")
            yield from exams.made(self.stage, plan, self.resident, request.pk, heard)
            yield 0.02
            attached.append((AttachmentKind.REPORT, str(request.report_id)))

    def read_back(self, request_id: UUID, words: str) -> None:
        for critical in diagnosed.criticals(by=self.doctor):
            if critical.request_id == request_id:
                diagnostics.acknowledge(
                    by=self.doctor,
                    critical_id=critical.pk,
                    version=None,
                    read_back=words,
                    action=CriticalAction.REFERRED,
                )

    def draft(self, encounter: str, attached: list[tuple[str, str]]) -> None:
        case = self.case
        emergency = self.rushed or (case.priority == "emergency" and self.plan.turn % 2)
        made = referral.draft(
            by=self.doctor,
            key="",
            patient_id=self.resident.id,
            target_id=self.stage.cast.head.pk,
            department_id=self.ward.pk,
            encounter_id=encounter,
            attachments=attached,
            priority=case.priority,
            diagnosis_code=case.code,
            diagnosis=case.diagnosis,
            reason=f"{case.complaint}；{case.reason}",
            history=case.history,
            treatment=case.treatment,
            consent=ConsentBasis.EMERGENCY if emergency else ConsentBasis.PATIENT,
            criteria=cases.CALM | cases.ANSWERS.get(case.code, {}),
            override=cases.OVERRIDES.get(case.code, ""),
        )
        self.id, self.version = made.pk, made.version

    # -- the head hospital --------------------------------------------------------------------------------------

    def answer(self) -> Story:
        """Accepted with or without a bed, or rejected with what to do instead."""
        yield 0.1 if self.case.priority == "emergency" else 0.8
        if self.rushed:
            self.do(referral.confirm_ready, self.coordinator, ready="急诊抢救室，接诊医师已到")
            return
        if self.plan.end == "rejected":
            code, text, instead = cases.REFUSALS[self.plan.turn % len(cases.REFUSALS)]
            self.do(referral.reject, self.coordinator, code=code, text=text, instead=instead)
            return
        bedless = self.plan.end in ("accepted", "waitlisted")
        slot = self.slot() if self.plan.end == "scheduled" and self.case.priority == "routine" else None
        bed = None if bedless or slot else next(iter(capacity.free_beds(self.ward.pk)), None)
        place = {"pool_id": slot} if slot else {"bed_id": bed.id if bed else None}
        self.do(referral.accept, self.coordinator, department_id=self.ward.pk, **place)
        if bedless:
            self.ask_ward()

    def slot(self) -> UUID | None:
        """The next slot of the department's clinic."""
        wards = capacity.board(self.stage.cast.head.pk)
        told = (one for ward in wards if ward.department_id == self.ward.pk for one in ward.slots)
        return next((one.id for one in told if one.free), None)

    def ask_ward(self) -> None:
        """The referral centre asks the ward for a bed; who waits was told that there is none."""
        question = referral.ask_ward(
            by=self.coordinator, referral_id=self.id, key="", department_id=self.ward.pk, words=cases.ASKING
        )
        if self.plan.end == "waitlisted":
            desk = self.stage.cast.one(Role.BED_DESK, self.stage.cast.head.pk, self.case.department)
            referral.answer_ward(by=desk, question_id=question.pk, key="", answer="no", words=cases.NO_BED)

    def ask(self) -> Story:
        """The desk asks for more and waits for the branch."""
        yield 0.3
        self.do(referral.request_info, self.coordinator, items=cases.ASKED[self.plan.turn % len(cases.ASKED)])

    def way(self) -> Story:
        """Between the answer and the door: waiting for a bed, on the way, not come, or perhaps here."""
        yield 0.1
        if self.plan.end == "waitlisted":
            day = clock.today() + timedelta(days=3)
            self.do(referral.waitlist, self.coordinator, expected_date=day, reason="普通床位已满")
        elif self.plan.end == "moving":
            self.do(referral.start_transfer, self.doctor, eta_minutes=45, **cases.HANDOVER)
        elif self.plan.end == "came":
            yield 1.5
            chart.adopt(by=self.reception, key="", patient_id=self.resident.id)
        else:
            yield 30
            referral.run_late(by=Actor.system("referral"), referral_id=self.id)

    def stay(self) -> Story:
        """Arrival, care, the signed reply; the branch reads it."""
        yield 2.5 if self.case.priority == "emergency" else 9
        self.do(referral.arrive, self.reception, identity_checked=True, department_id=self.ward.pk)
        if self.plan.end == "arrived":
            return
        yield 0.4
        self.do(referral.admit, self.specialist, complaint=self.case.complaint)
        if self.plan.end == "in_care":
            return
        yield 96
        advice = f"{self.case.plan[0]}；病情变化随时联系"
        follows: dict[str, str] = {"follow_up": FollowUp.PLAN}
        if self.plan.end == "acknowledged":
            words = "恢复良好，门诊复查即可"
            follows = {"follow_up": FollowUp.NONE, "no_plan": NoPlan.CURED, "no_plan_words": words}
        self.do(referral.complete_care, self.specialist, outcome=self.case.outcome, advice=advice, **follows)
        if self.plan.end == "acknowledged":
            yield 12
            self.do(referral.acknowledge, self.doctor)

    # -- back at the branch -------------------------------------------------------------------------------------

    def down(self) -> Story:
        """The plan goes down and is followed."""
        yield 6
        plan = plans.plan_of(self.case, clock.today())
        leg = self.do(
            referral.start_down_leg,
            self.specialist,
            plan=plan,
            medicines=plans.drugs_of(self.case),
            no_medicines=not plans.drugs_of(self.case),
            supply=plans.SUPPLY,
            criteria=cases.DOWNWARD,
        )
        self.id, self.version = leg.pk, leg.version
        self.items = [item.pk for item in leg.plan.order_by("place")]
        if self.plan.end == "down_submitted":
            return
        yield 3
        self.do(referral.accept, self.doctor)
        yield 18
        self.do(referral.arrive, self.doctor, identity_checked=True)
        yield 0.5
        self.do(referral.start_rehab, self.doctor)
        yield from self.follow()

    def follow(self) -> Story:
        """Items are done one by one; at the end of the story all of them."""
        done = (
            len(self.items)
            if self.plan.end == "down_closed"
            else 1 + self.plan.turn % max(1, len(self.items) - 1)
        )
        for number, item in enumerate(self.items[:done]):
            yield 40
            words = cases.FINDINGS[(self.plan.turn + number) % len(cases.FINDINGS)]
            referral.log_visit(by=self.doctor, item_id=item, version=self.version, key="", result=words)
            self.version += 1
        if self.plan.end == "down_closed":
            yield 5
            self.do(referral.finish_plan, self.doctor)
