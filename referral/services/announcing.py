"""The other side hears of every step, once per step and person (invariant 12)."""

from uuid import UUID

from django.db import transaction
from django.urls import reverse

from consortium import services as consortium
from consortium.choices import NoticeLevel, Role
from consortium.services import Recipients
from kernel import audit
from kernel.actor import Actor
from referral.choices import Direction, Event, Priority
from referral.models import Referral
from referral.policies import REFERRAL

TO_RECEIVER = (Event.SUBMIT, Event.WITHDRAW)
TO_DESK = {Direction.UP: (Role.COORDINATOR, Role.SPECIALIST), Direction.DOWN: (Role.BRANCH_DOCTOR,)}
QUIET = (Event.DISCARD, Event.LOG_VISIT)


@transaction.atomic
def announce(*, by: Actor, referral_id: UUID, event: str, version: int) -> int:
    """Tell the other side; answers how many were told."""
    referral = REFERRAL.fetch(by, "notify", referral_id)
    step = Event(event)
    if step in QUIET:
        return 0
    told = 0
    for recipients in _recipients(referral, step):
        told += consortium.notify(
            by=by,
            key=f"referral:{referral.pk}:{version}",
            recipients=recipients,
            level=_level(referral, step),
            title=f"{referral.number} {step.label}",
            body="",
            url=reverse("referral:detail", args=[referral.pk]),
            patient_id=referral.patient_id,
        )
    audit.record(
        by=by, action="referral.announced", subject=referral, detail={"event": step.value, "told": told}
    )
    return told


def _recipients(referral: Referral, step: Event) -> list[Recipients]:
    if step in TO_RECEIVER:
        roles = TO_DESK[Direction(referral.direction)][:1]
        return [Recipients(role=role, organisation=referral.target_id) for role in roles]
    if step == Event.ARRIVE and referral.direction == Direction.UP:
        specialists = Recipients(role=Role.SPECIALIST, organisation=referral.target_id)
        return [Recipients(staff=(referral.doctor_id,)), specialists]
    return [Recipients(staff=(referral.doctor_id,))]


def _level(referral: Referral, step: Event) -> NoticeLevel:
    if step == Event.SUBMIT and referral.priority == Priority.EMERGENCY:
        return NoticeLevel.URGENT
    return NoticeLevel.TASK if step in (Event.SUBMIT, Event.REJECT, Event.COMPLETE_CARE) else NoticeLevel.NOTE
