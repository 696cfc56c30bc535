"""What every question to a department has in common: put once, told at once, answered once; nothing moves by it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from consortium import selectors as consortium
from consortium import services as consortium_services
from consortium.choices import NoticeLevel
from consortium.services import Recipients
from kernel import audit, clock
from kernel.actor import Actor
from kernel.database.clashes import told_as
from kernel.errors import Conflict, Invalid, Text
from kernel.said import Saying
from referral.models import Referral
from referral.models.question import Question

SAYS: Final = pgettext_lazy("specialist's opinion", "%(department)s: %(says)s")


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of question: the name its notices carry, its page, the constraint that lets it be put once, what the
    audit record calls asking and answering, and the sentence while an answer is owed."""

    name: str
    page: str
    once: str
    asked: str
    answered: str
    owed: Text


def own_department(by: Actor, leg: Referral, department_id: UUID, field: str) -> Any:
    """The department, of the hospital that received the leg and of the actor. Raises Invalid (422) at `field`."""
    department = consortium.department(department_id)
    if department.organisation_id != leg.target_id or leg.target_id not in by.organisations:
        raise Invalid(fields={field: _("This department belongs to another institution.")})
    return department


def put(
    by: Actor,
    kind: Kind,
    row: Question,
    leg: Referral,
    *,
    to: Recipients,
    level: NoticeLevel,
    title: Saying,
    body: str,
) -> None:
    """Store the question and tell those who are asked. Raises Conflict (409) while that department owes an answer."""
    with told_as(Conflict(kind.owed, code="asked_already"), kind.once):
        row.save(force_insert=True)
    audit.record(by=by, action=kind.asked, subject=row, patient=leg.patient_id)
    consortium_services.notify(
        by=by, key=f"{kind.name}:{row.pk}:asked", recipients=to, level=level, title=title, body=body,
        url=reverse(kind.page, args=[row.pk]), patient_id=leg.patient_id,
    )  # fmt: skip


def settle(
    by: Actor, kind: Kind, row: Question, leg: Referral, said: Mapping[str, str], *, title: Saying, body: str
) -> None:
    """Store who answered what, take the question from those who were asked, tell who asked."""
    for name, value in said.items():
        setattr(row, name, value)
    row.answered_by_id, row.answered_at = by.person, clock.now()
    row.save(update_fields=[*said, "answered_by", "answered_at"])
    audit.record(by=by, action=kind.answered, subject=row, patient=leg.patient_id)
    consortium_services.close_notice(by=by, key=f"{kind.name}:{row.pk}:asked")
    consortium_services.notify(
        by=by, key=f"{kind.name}:{row.pk}:answered", recipients=Recipients(staff=(row.asked_by_id,)),
        level=NoticeLevel.TASK, title=title, body=body, url=reverse("referral:detail", args=[leg.pk]),
        patient_id=leg.patient_id,
    )  # fmt: skip


def answered_already() -> Conflict:
    return Conflict(_("A colleague has answered already."), code="answered_already")
