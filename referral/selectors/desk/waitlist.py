"""Who waits for a bed or a slot, in order, and what was asked of the wards."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Case, F, IntegerField, QuerySet, Value, When

from consortium import selectors as consortium
from emr.capacity import selectors as capacity
from emr.index import selectors as index
from emr.index.selectors import PatientCard
from kernel import clock
from kernel.actor import Actor
from kernel.work import ORDER
from referral.choices import Status
from referral.models import Referral, WardQuestion
from referral.policies import REFERRAL, WARD_QUESTION
from referral.selectors.lists.board import Row, rows_of


@dataclass(frozen=True, slots=True)
class Place:
    """One line of a department's waiting list; the first is called when a place is free."""

    number: int
    row: Row
    late: bool


@dataclass(frozen=True, slots=True)
class QuestionPage:
    """A question to a ward with who it is about."""

    question: WardQuestion
    card: PatientCard
    referral: Referral
    from_where: str
    answers: bool


@dataclass(frozen=True, slots=True)
class Asking:
    """What the wards were asked about one leg; `wards`: choices, empty for posts that do not ask."""

    referral: Referral
    card: PatientCard
    questions: list[WardQuestion]
    wards: list[tuple[str, str]]


def in_order(rows: QuerySet[Referral]) -> QuerySet[Referral]:
    """Urgency first, then the expected day, then who has waited longest."""
    urgency = Case(
        *[When(priority=name, then=Value(place)) for name, place in ORDER.items()],
        output_field=IntegerField(),
    )
    return rows.order_by(
        "department__sequence", "department_id", urgency, F("expected_date"), "submitted_at", "pk"
    )


def first_waiting(department_id: UUID) -> UUID | None:
    """The leg that is called next when this department has a place."""
    rows = Referral.objects.filter(status=Status.WAITLISTED, department=department_id)
    return in_order(rows).values_list("pk", flat=True).first()


def waitlist(*, by: Actor) -> list[tuple[str, list[Place]]]:
    """The waiting lists of the own institution by department, each in order."""
    mine = REFERRAL.rows(by, "view").filter(status=Status.WAITLISTED, target__in=by.organisations)
    found: dict[str, list[Place]] = {}
    today = clock.today()
    for row in rows_of(by, in_order(mine)):
        line = found.setdefault(row.department, [])
        expected = row.referral.expected_date
        line.append(Place(len(line) + 1, row, expected is not None and expected < today))
    return list(found.items())


def may_move(*, by: Actor) -> bool:
    """Whether the post changes the day a place is expected."""
    return REFERRAL.allows(by, "expect")


def asking(*, by: Actor, referral_id: UUID) -> Asking:
    """Questions and answers of one leg, newest first. 403 for posts that have nothing to do with them."""
    rows = WARD_QUESTION.rows(by, "view").filter(referral=referral_id)
    leg = REFERRAL.fetch(by, "view", referral_id)
    asks = WARD_QUESTION.allows(by, "ask") and leg.target_id in by.organisations
    places = capacity.board(leg.target_id) if asks else []
    return Asking(
        referral=leg,
        card=index.card(by=by, patient_id=leg.patient_id),
        questions=list(
            rows.select_related("department", "asked_by", "answered_by").order_by("-asked_at", "-pk")
        ),
        wards=[(str(one.department_id), one.name) for one in places if one.total],
    )


def open_questions(*, by: Actor) -> list[WardQuestion]:
    """Questions that wait for the own ward's answer, the oldest first."""
    if not WARD_QUESTION.allows(by, "answer"):
        return []
    rows = WARD_QUESTION.rows(by, "answer").filter(answer="").select_related("referral", "department")
    return list(rows.order_by("asked_at", "pk"))


def question(*, by: Actor, question_id: UUID) -> QuestionPage:
    """One question for the desk that answers it, or the one that asked. 404 for other wards."""
    row = WARD_QUESTION.fetch(by, "view", question_id)
    leg = REFERRAL.fetch(by, "view", row.referral_id)
    card = index.card(by=by, patient_id=leg.patient_id)
    answers = WARD_QUESTION.allows(by, "answer")
    return QuestionPage(row, card, leg, consortium.organisation_name(leg.source_id), answers)
