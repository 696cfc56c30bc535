"""The referral centre asks a ward for a bed; the ward's desk answers with one tap."""

from datetime import date
from uuid import UUID

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from consortium import selectors as consortium
from consortium import services as consortium_services
from consortium.choices import NoticeLevel, Role
from consortium.services import Recipients
from kernel import audit, clock, idempotency, ids
from kernel.actor import Actor
from kernel.errors import Conflict, Invalid
from referral.choices import TERMINAL, UNSENT, Status, WardAnswer
from referral.models import Referral, WardQuestion
from referral.policies import REFERRAL, WARD_QUESTION

ASKED_IN = frozenset(Status) - {
    *TERMINAL,
    *UNSENT,
    Status.IN_CARE,
    Status.CARE_COMPLETED,
    Status.REHAB_ACTIVE,
}
"""States in which a bed may still be wanted."""


@transaction.atomic
def ask_ward(
    *,
    by: Actor,
    referral_id: UUID,
    key: str,
    department_id: UUID,
    wanted_date: date | None = None,
    words: str = "",
) -> WardQuestion:
    """Ask the desk of a ward of the own hospital whether it has a bed; everybody at that desk is told.

    Raises Conflict (409) while the ward owes an answer, or when the leg wants no bed any more.
    """
    WARD_QUESTION.ask(by, "ask")
    referral = REFERRAL.fetch(by, "view", referral_id, lock=True)
    pk = ids.uuid7()
    if earlier := idempotency.first(by=by, verb="referral.ask_ward", key=key, subject=pk):
        return WARD_QUESTION.fetch(by, "view", earlier)
    department = consortium.department(department_id)
    if department.organisation_id != referral.target_id or referral.target_id not in by.organisations:
        raise Invalid(fields={"department": _("This department belongs to another institution.")})
    if referral.status not in ASKED_IN:
        raise Conflict(_("In its present state this step is not possible."), code="illegal_step")
    row = WardQuestion(
        id=pk, referral=referral, department=department, wanted_date=wanted_date or clock.today(),
        words=words.strip()[:120], asked_by_id=by.person, asked_at=clock.now(),
    )  # fmt: skip
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        if "ward_asked_once" not in str(error):
            raise
        raise Conflict(
            _("This ward was asked already and has not answered yet."), code="asked_already"
        ) from error
    audit.record(by=by, action="referral.ward_asked", subject=row, patient=referral.patient_id)
    _tell(by, row, referral, f"ward:{pk}:asked", desk_of(department), NoticeLevel.TASK, _("Is there a bed?"))
    return row


@transaction.atomic
def answer_ward(*, by: Actor, question_id: UUID, key: str, answer: str, words: str = "") -> WardQuestion:
    """Answer for the ward: there is a bed, an extra bed only, or none; who asked is told at once.

    The same answer again changes nothing; Raises Conflict (409) when a colleague has answered something else.
    """
    row = WARD_QUESTION.fetch(by, "answer", question_id, lock=True)
    if idempotency.first(by=by, verb="referral.answer_ward", key=key, subject=question_id):
        return row
    if answer not in WardAnswer.values:
        raise Invalid(fields={"answer": _("Choose one of the three answers.")})
    if row.answer:
        if row.answer == answer:
            return row
        raise Conflict(_("A colleague has answered already."), code="answered_already")
    row.answer, row.answer_words = answer, words.strip()[:120]
    row.answered_by_id, row.answered_at = by.person, clock.now()
    row.save(update_fields=["answer", "answer_words", "answered_by", "answered_at"])
    referral = row.referral
    audit.record(by=by, action="referral.ward_answered", subject=row, patient=referral.patient_id)
    consortium_services.close_notice(by=by, key=f"ward:{row.pk}:asked")
    said = f"{row.department.name}：{WardAnswer(answer).label}"
    url = reverse("referral:detail", args=[referral.pk])
    consortium_services.notify(
        by=by, key=f"ward:{row.pk}:answered", recipients=Recipients(staff=(row.asked_by_id,)),
        level=NoticeLevel.TASK, title=said, body=row.answer_words, url=url, patient_id=referral.patient_id,
    )  # fmt: skip
    return row


def desk_of(department: object) -> Recipients:
    """The desk of a ward; of the whole institution where the ward has none of its own."""
    ward = consortium.department(department.pk)  # type: ignore[attr-defined]  # a department
    people = consortium.colleagues(Role.BED_DESK, ward.organisation_id, ward.pk)
    if people:
        return Recipients(staff=tuple(one.pk for one in people))
    return Recipients(role=Role.BED_DESK, organisation=ward.organisation_id)


def _tell(
    by: Actor,
    row: WardQuestion,
    referral: Referral,
    key: str,
    to: Recipients,
    level: NoticeLevel,
    title: object,
) -> None:
    consortium_services.notify(
        by=by, key=key, recipients=to, level=level, title=str(title), body=f"{row.department.name} {row.words}".strip(),
        url=reverse("referral:ward_question", args=[row.pk]), patient_id=referral.patient_id,
    )  # fmt: skip
