"""The referral centre asks a ward for a bed; the ward's desk answers with one tap."""

from datetime import date
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from consortium import selectors as consortium
from consortium.choices import NoticeLevel, Role
from consortium.services import Recipients
from kernel import clock, idempotency, ids
from kernel.actor import Actor
from kernel.errors import Conflict, Invalid
from kernel.said import phrase
from referral.choices import TERMINAL, UNSENT, Status, WardAnswer
from referral.models import WardQuestion
from referral.policies import REFERRAL, WARD_QUESTION
from referral.services.desk.questions import SAYS, Kind, answered_already, own_department, put, settle

BED: Final = Kind(
    "ward", "referral:ward_question", "ward_asked_once", "referral.ward_asked", "referral.ward_answered",
    _("This ward was asked already and has not answered yet."),
)  # fmt: skip
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
    department = own_department(by, referral, department_id, "department")
    if referral.status not in ASKED_IN:
        raise Conflict(_("In its present state this step is not possible."), code="illegal_step")
    row = WardQuestion(
        id=pk, referral=referral, department=department, wanted_date=wanted_date or clock.today(),
        words=words.strip()[:120], asked_by_id=by.person, asked_at=clock.now(),
    )  # fmt: skip
    put(
        by, BED, row, referral, to=desk_of(department), level=NoticeLevel.TASK, title=_("Is there a bed?"),
        body=f"{department.name} {row.words}".strip(),
    )  # fmt: skip
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
        raise answered_already()
    said = {"answer": answer, "answer_words": words.strip()[:120]}
    title = phrase(SAYS, department=row.department.name, says=WardAnswer(answer).label)
    settle(by, BED, row, row.referral, said, title=title, body=said["answer_words"])
    return row


def desk_of(department: object) -> Recipients:
    """The desk of a ward; of the whole institution where the ward has none of its own."""
    ward = consortium.department(department.pk)  # type: ignore[attr-defined]  # a department
    people = consortium.colleagues(Role.BED_DESK, ward.organisation_id, ward.pk)
    if people:
        return Recipients(staff=tuple(one.pk for one in people))
    return Recipients(role=Role.BED_DESK, organisation=ward.organisation_id)
