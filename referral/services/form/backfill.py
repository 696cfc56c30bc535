"""What an emergency leaves to be written afterwards (补录): the record of the rescue, form and consent."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from consortium import services as consortium
from consortium.choices import NoticeLevel
from consortium.services import Recipients
from kernel import audit, clock
from kernel.actor import Actor
from kernel.errors import Conflict, Invalid
from kernel.said import phrase
from referral.choices import (
    FORM_WITHIN,
    PAPER_AGAIN,
    PAPER_MOST,
    Aside,
    Backfill,
    ConsentBasis,
    Status,
    slowing,
)
from referral.models import BackfillTask, Referral
from referral.policies import BACKFILL, REFERRAL
from referral.selectors.lists.oncall import called_for_paper
from referral.services.form.sending import check
from referral.services.form.signing import keep_form, sign
from referral.services.leg.asides import again, aside, ask_version
from referral.services.leg.steps import said

AGREED = (ConsentBasis.PATIENT, ConsentBasis.RELATIVE)
DONE = {Backfill.FORM: Aside.FORM_COMPLETED, Backfill.RECORD: Aside.RECORD_COMPLETED}


def begin_papers(referral: Referral, now: datetime) -> None:
    """An emergency was sent: its record is due once the rescue has ended, form and consent a day after the sending."""
    owed: list[tuple[str, datetime | None]] = [(Backfill.RECORD, None)]
    if referral.consent == ConsentBasis.EMERGENCY or not (referral.history and referral.treatment):
        owed.append((Backfill.FORM, now + FORM_WITHIN))
    BackfillTask.objects.bulk_create(
        (
            BackfillTask(referral=referral, kind=kind, since_at=now, due_at=due, call_at=due)
            for kind, due in owed
        ),
        ignore_conflicts=True,
    )


@transaction.atomic
def complete_form(
    *, by: Actor, referral_id: UUID, version: int, key: str, consent: str, history: str, treatment: str
) -> Referral:
    """Complete form and consent of an emergency: signed as a new version of the form, the one it went with stays.

    Raises Invalid (422) without the patient's or a relative's consent or with a form that is not complete.
    """
    referral, task = _owed(by, referral_id, version, key, Backfill.FORM)
    if task is None:
        return referral
    wrong = {}
    if consent not in AGREED:
        wrong["consent"] = _("Say who has agreed: the patient or a relative.")
    if not history.strip():
        wrong["history"] = _("Write the history: the emergency went without it.")
    if not treatment.strip():
        wrong["treatment"] = _("Write what was done before and on the way.")
    if wrong:
        raise Invalid(fields=wrong)
    referral.consent, referral.history, referral.treatment = consent, history.strip(), treatment.strip()
    check(referral)
    _done(by, referral, task, ["consent", "history", "treatment"])
    return referral


@transaction.atomic
def complete_record(*, by: Actor, referral_id: UUID, version: int, key: str, treatment: str) -> Referral:
    """Write the record of the rescue (抢救记录) into the form: signed as a new version, the earlier one stays.

    Raises Conflict (409) when nothing is owed, or the leg has moved on.
    """
    referral, task = _owed(by, referral_id, version, key, Backfill.RECORD)
    if task is None:
        return referral
    referral.treatment = said("treatment", treatment, _("Write what was done, when, and by whom."))[:500]
    _done(by, referral, task, ["treatment"])
    return referral


def _owed(
    by: Actor, referral_id: UUID, version: int, key: str, kind: Backfill
) -> tuple[Referral, BackfillTask | None]:
    """The leg, locked, with its open task; without one when this order was carried out before."""
    if (seen := again(by, DONE[kind].value, referral_id, key)) is not None:
        return seen, None
    referral = REFERRAL.fetch(by, "backfill", referral_id, lock=True)
    task = referral.backfills.filter(kind=kind).first()
    if task is None or task.done_at is not None or referral.status == Status.ENTERED_IN_ERROR:
        raise Conflict(_("Nothing is left to be written here."), code="nothing_owed")
    ask_version(referral, version)
    return referral, task


def _done(by: Actor, referral: Referral, task: BackfillTask, fields: list[str]) -> None:
    referral.signature = sign(by, referral)
    aside(by, referral, DONE[Backfill(task.kind)], fields=[*fields, "signature"], signed=True)
    keep_form(referral)
    task.done_at, task.done_by_id, task.call_at = clock.now(), by.person, None
    task.save(update_fields=["done_at", "done_by", "call_at"])


@transaction.atomic
def remind_paper(*, by: Actor, task_id: UUID) -> BackfillTask | None:
    """Pass a late paper up: its doctor, then who is on duty above. None when nothing is due."""
    task = BACKFILL.fetch(by, "remind", task_id, lock=True)
    now, leg = clock.now(), task.referral
    if task.done_at or task.call_at is None or task.call_at > now or leg.status == Status.ENTERED_IN_ERROR:
        return None
    task.escalations += 1
    task.call_at = now + slowing(PAPER_AGAIN, PAPER_MOST, task.escalations)
    task.save(update_fields=["escalations", "call_at"])
    people = [leg.doctor_id, *(one.staff_id for one in called_for_paper([task])[task.pk])]
    consortium.notify(
        by=by,
        key=f"referral-paper:{task.pk}:{task.escalations}",
        recipients=Recipients(staff=[pk for pk in people if pk]),
        level=NoticeLevel.URGENT,
        title=phrase(_("%(number)s late: %(paper)s"), number=leg.number, paper=Backfill(task.kind).label),
        url=reverse("referral:detail", args=[leg.pk]),
        patient_id=leg.patient_id,
        instead_of=[f"referral-paper:{task.pk}:{time}" for time in range(1, task.escalations)],
    )
    audit.record(by=by, action="referral.paper_late", subject=leg, detail={"paper": task.kind})
    return task
