"""The desk asks a specialist about a leg, and he answers; who decides, and by when, stays as it is."""

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
from referral.choices import ASKED_ABOUT, Priority, Says
from referral.models import Opinion, Referral
from referral.policies import OPINION, REFERRAL
from referral.services.desk.questions import SAYS, Kind, answered_already, own_department, put, settle
from referral.services.leg.steps import HOUSE
from referral.services.news.attending import show

OPINION_OF: Final = Kind(
    "opinion", "referral:opinion", "opinion_asked_once", "referral.specialist_asked", "referral.opinion_given",
    _("This department was asked already and has not answered yet."),
)  # fmt: skip


@transaction.atomic
def ask_specialist(
    *,
    by: Actor,
    referral_id: UUID,
    key: str,
    department_id: UUID,
    specialist_id: UUID | None = None,
    question: str = "",
) -> Opinion:
    """Ask a specialist of a department of the own hospital what he would do with a leg; without `specialist_id` any
    of the department may answer. They are told at once.

    Raises Invalid (422) for a department of another house or somebody who is no specialist there, Conflict (409)
    while that department owes a word, and when the leg wants none any more.
    """
    OPINION.ask(by, "ask")
    referral = REFERRAL.fetch(by, "view", referral_id, lock=True)
    pk = ids.uuid7()
    if earlier := idempotency.first(by=by, verb="referral.ask_specialist", key=key, subject=pk):
        return OPINION.fetch(by, "view", earlier)
    asked = _asked(by, referral, department_id, specialist_id)
    if referral.status not in ASKED_ABOUT:
        raise Conflict(_("In its present state this step is not possible."), code="illegal_step")
    row = Opinion(
        id=pk, referral=referral, department_id=department_id, specialist_id=specialist_id,
        question=question.strip()[:200], asked_by_id=by.person, asked_at=clock.now(),
    )  # fmt: skip
    urgent = referral.priority == Priority.EMERGENCY
    put(
        by, OPINION_OF, row, referral, to=asked, level=NoticeLevel.URGENT if urgent else NoticeLevel.TASK,
        title=phrase(_("%(number)s: the referral desk asks what you think"), number=referral.number),
        body=row.question,
    )  # fmt: skip
    show(by=HOUSE, referral_id=referral.pk)
    return row


def _asked(by: Actor, referral: Referral, department_id: UUID, specialist_id: UUID | None) -> Recipients:
    """Who is told: the one who was named, else every specialist of the department."""
    own_department(by, referral, department_id, "who")
    people = {one.pk for one in consortium.colleagues(Role.SPECIALIST, referral.target_id, department_id)}
    if not people:
        raise Invalid(fields={"who": _("This department has no specialist who could answer.")})
    if specialist_id is not None and specialist_id not in people:
        raise Invalid(fields={"who": _("Choose a specialist of this department.")})
    return Recipients(staff=(specialist_id,) if specialist_id else tuple(sorted(people)))


@transaction.atomic
def give_opinion(*, by: Actor, opinion_id: UUID, key: str, says: str, words: str = "") -> Opinion:
    """Answer the desk. Nothing moves: the desk decides. Whoever asked is told at once.

    Raises Invalid (422) without a choice, or without words where the choice alone helps nobody; Conflict (409) when a
    colleague has answered, or the leg was decided meanwhile.
    """
    row = OPINION.fetch(by, "answer", opinion_id, lock=True)
    if idempotency.first(by=by, verb="referral.give_opinion", key=key, subject=opinion_id):
        return row
    _ask_sense(says, words)
    if row.says:
        raise answered_already()
    referral = REFERRAL.fetch(by, "view", row.referral_id)
    if referral.status not in ASKED_ABOUT:
        told = _("The desk has decided meanwhile: %(status)s.") % {"status": referral.get_status_display()}
        raise Conflict(told, code="decided")
    said = phrase(SAYS, department=row.department.name, says=Says(says).label)
    answer = {"says": says, "words": words.strip()[:500]}
    title = phrase("%(number)s %(said)s", number=referral.number, said=said)
    settle(by, OPINION_OF, row, referral, answer, title=title, body=answer["words"])
    show(by=HOUSE, referral_id=referral.pk)
    return row


def _ask_sense(says: str, words: str) -> None:
    if says not in Says.values:
        raise Invalid(fields={"says": _("Choose what you would do.")})
    if says != Says.TAKE and not words.strip():
        raise Invalid(
            fields={"words": _("Say it in a sentence: what is missing, where to, or what to do there.")}
        )
