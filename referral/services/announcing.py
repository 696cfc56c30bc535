"""The other side hears of every step, once per step and person (invariant 12)."""

from uuid import UUID

from django.db import transaction
from django.urls import reverse

from consortium import selectors as directory
from consortium import services as consortium
from consortium.choices import Duty, NoticeLevel, Role
from consortium.services import Recipients
from kernel import audit
from kernel.actor import Actor
from referral.choices import TURN, Direction, Event, Priority, Side, Status
from referral.models import Referral
from referral.policies import REFERRAL

TO_RECEIVER = (
    Event.SUBMIT,
    Event.APPROVE,
    Event.SUPPLY_INFO,
    Event.EMERGENCY_SEND,
    Event.START_TRANSFER,
    Event.WITHDRAW,
    Event.PATIENT_DECLINE,
    Event.TURN_BACK,
    Event.CLOSE_NO_SHOW,
)
"""What the sending side did: the receiving desk hears of it. Of all else the sending doctor hears."""
TO_BOTH = (Event.DEATH, Event.DIVERT, Event.VOID, Event.EXPIRE)
QUIET = (Event.DISCARD, Event.LOG_VISIT)
DESK = {Direction.DOWN: Role.BRANCH_DOCTOR}
TASKS = (
    Event.SUBMIT,
    Event.APPROVE,
    Event.REQUEST_INFO,
    Event.REJECT,
    Event.COMPLETE_CARE,
    Event.MARK_NO_SHOW,
)
LOUD = (Event.EMERGENCY_SEND, Event.ESCALATE, Event.DEATH)
LEVELS = ((Duty.CHIEF, Duty.SECOND_LINE), (Duty.REFERRAL_DESK, Duty.CHIEF), (Duty.REFERRAL_DESK,))
"""Whom an escalation calls, step by step: duty chief, referral centre (at night 行政总值班), consortium office."""


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
    doctor = _doctor(referral)
    desk = Recipients(
        role=DESK.get(Direction(referral.direction), Role.COORDINATOR), organisation=referral.target_id
    )
    if step == Event.ESCALATE:
        return _called(referral)
    if step == Event.SUBMIT_FOR_REVIEW:
        return [Recipients(role=Role.BRANCH_REVIEWER, organisation=referral.source_id)]
    if step in TO_RECEIVER:
        return [desk]
    if step == Event.ARRIVE and referral.direction != Direction.DOWN:
        return [doctor, Recipients(role=Role.SPECIALIST, organisation=referral.target_id)]
    return [doctor, desk] if step in TO_BOTH else [doctor]


def _doctor(referral: Referral) -> Recipients:
    """Who sent; nobody where a hospital outside did, which hears of it by message or telephone."""
    return Recipients(staff=(referral.doctor_id,) if referral.doctor_id else ())


def _called(referral: Referral) -> list[Recipients]:
    """Who answers for a late leg now: the desk whose turn it is, and who is on duty above it."""
    side = TURN[Status(referral.status)]
    place = referral.source_id if side == Side.SENDER else referral.target_id
    level = min(max(referral.escalations - 1, 0), len(LEVELS) - 1)
    above = directory.consortium_office() if level == len(LEVELS) - 1 else None
    shifts = [
        shift
        for organisation in filter(None, (place, above))
        for duty in LEVELS[level]
        for shift in directory.on_duty(organisation=organisation, duty=duty)
    ]
    people = Recipients(staff=tuple(dict.fromkeys(shift.staff_id for shift in shifts)))
    if side == Side.SENDER:
        return [_doctor(referral), people]
    role = DESK.get(Direction(referral.direction), Role.COORDINATOR)
    return [Recipients(role=role, organisation=referral.target_id), people]


def _level(referral: Referral, step: Event) -> NoticeLevel:
    if step in LOUD or (step == Event.SUBMIT and referral.priority == Priority.EMERGENCY):
        return NoticeLevel.URGENT
    return NoticeLevel.TASK if step in TASKS else NoticeLevel.NOTE
