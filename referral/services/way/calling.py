"""Calls to those who did not come, each with what came of it."""

from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from consortium import services as consortium
from consortium.choices import NoticeLevel, Role
from consortium.services import Recipients
from kernel import audit, clock
from kernel.actor import Actor
from kernel.errors import Invalid
from kernel.said import phrase
from referral.choices import ENDS_WITH_THE_CALL, CallOutcome, Event
from referral.models import CallNote, Referral
from referral.services.leg.steps import begin, step


@transaction.atomic
def log_call(
    *, by: Actor, referral_id: UUID, version: int, key: str, outcome: str, words: str = ""
) -> Referral:
    """Write down what a call came to. Who does not come any more is waited for no longer: the leg ends with it; who
    wants to come is told to the desk, which gives another time. Raises Invalid (422) without an outcome.
    """
    referral, done = begin(by, Event.CLOSE_NO_SHOW, referral_id, key, version)
    if done:
        return referral
    if outcome not in CallOutcome.values:
        raise Invalid(fields={"outcome": _("Say what came of the call.")})
    said = CallOutcome(outcome)
    note = CallNote.objects.create(
        referral=referral, outcome=said, words=words.strip(), called_at=clock.now(), called_by_id=by.person
    )
    audit.record(by=by, action="referral.called", subject=referral, patient=referral.patient_id)
    if said in ENDS_WITH_THE_CALL:
        told = f"{said.label} {words.strip()}".strip()
        step(by, referral, Event.CLOSE_NO_SHOW, version=version, words=told)
    elif said == CallOutcome.COMING:
        consortium.notify(
            by=by,
            key=f"referral:{referral.pk}:call:{note.pk}",
            recipients=Recipients(role=Role.COORDINATOR, organisation=referral.target_id),
            level=NoticeLevel.TASK,
            title=phrase(
                _("%(number)s: the patient wants to come, give another time"), number=referral.number
            ),
            url=reverse("referral:detail", args=[referral.pk]),
            patient_id=referral.patient_id,
        )
    return referral
