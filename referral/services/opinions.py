"""The desk asks a specialist about a leg, and he answers; who decides, and by when, stays as it is."""

from uuid import UUID

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from consortium import selectors as consortium
from consortium import services as consortium_services
from consortium.choices import NoticeLevel, Role
from consortium.services import Recipients
from kernel import audit, clock, idempotency, ids
from kernel.actor import Actor
from kernel.errors import Conflict, Invalid
from referral.choices import ASKED_ABOUT, Priority, Says
from referral.models import Opinion, Referral
from referral.policies import OPINION, REFERRAL
from referral.services.attending import show
from referral.services.steps import HOUSE


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
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        if "opinion_asked_once" not in str(error):
            raise
        sentence = _("This department was asked already and has not answered yet.")
        raise Conflict(sentence, code="asked_already") from error
    audit.record(by=by, action="referral.specialist_asked", subject=row, patient=referral.patient_id)
    urgent = referral.priority == Priority.EMERGENCY
    consortium_services.notify(
        by=by, key=f"opinion:{pk}:asked", recipients=asked,
        level=NoticeLevel.URGENT if urgent else NoticeLevel.TASK,
        title=_("%(number)s: the referral desk asks what you think") % {"number": referral.number},
        body=row.question, url=reverse("referral:opinion", args=[pk]), patient_id=referral.patient_id,
    )  # fmt: skip
    show(by=HOUSE, referral_id=referral.pk)
    return row


def _asked(by: Actor, referral: Referral, department_id: UUID, specialist_id: UUID | None) -> Recipients:
    """Who is told: the one who was named, else every specialist of the department."""
    department = consortium.department(department_id)
    if department.organisation_id != referral.target_id or referral.target_id not in by.organisations:
        raise Invalid(fields={"who": _("This department belongs to another institution.")})
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
        raise Conflict(_("A colleague has answered already."), code="answered_already")
    referral = REFERRAL.fetch(by, "view", row.referral_id)
    if referral.status not in ASKED_ABOUT:
        told = _("The desk has decided meanwhile: %(status)s.") % {"status": referral.get_status_display()}
        raise Conflict(told, code="decided")
    row.says, row.words = says, words.strip()[:500]
    row.answered_by_id, row.answered_at = by.person, clock.now()
    row.save(update_fields=["says", "words", "answered_by", "answered_at"])
    audit.record(by=by, action="referral.opinion_given", subject=row, patient=referral.patient_id)
    consortium_services.close_notice(by=by, key=f"opinion:{row.pk}:asked")
    said = pgettext("specialist's opinion", "%(department)s: %(says)s") % {
        "department": row.department.name, "says": Says(says).label,
    }  # fmt: skip
    consortium_services.notify(
        by=by, key=f"opinion:{row.pk}:given", recipients=Recipients(staff=(row.asked_by_id,)),
        level=NoticeLevel.TASK, title=f"{referral.number} {said}", body=row.words,
        url=reverse("referral:detail", args=[referral.pk]), patient_id=referral.patient_id,
    )  # fmt: skip
    show(by=HOUSE, referral_id=referral.pk)
    return row


def _ask_sense(says: str, words: str) -> None:
    if says not in Says.values:
        raise Invalid(fields={"says": _("Choose what you would do.")})
    if says != Says.TAKE and not words.strip():
        raise Invalid(
            fields={"words": _("Say it in a sentence: what is missing, where to, or what to do there.")}
        )
