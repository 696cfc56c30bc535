"""The other side hears of every step, once per step and person (invariant 12)."""

from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from consortium import services as consortium
from consortium.choices import NoticeLevel, OrganisationKind, Role
from consortium.services import Recipients
from kernel import audit
from kernel.actor import Actor
from kernel.said import phrase
from referral.choices import Aside, Backfill, Direction, Event, Priority, Side, turn_of
from referral.models import Peer, Referral
from referral.policies import REFERRAL
from referral.selectors.lists.oncall import called

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
BRANCHES = (OrganisationKind.BRANCH, OrganisationKind.VILLAGE_CLINIC)
"""Institutions without a referral centre: their own doctor answers, whichever way a leg goes."""
TASKS = (
    Event.SUBMIT,
    Event.APPROVE,
    Event.REQUEST_INFO,
    Event.REJECT,
    Event.COMPLETE_CARE,
    Event.MARK_NO_SHOW,
)
LOUD = (Event.EMERGENCY_SEND, Event.ESCALATE, Event.DEATH)
NUMBERED = "%(number)s %(what)s"
RINGS = (Event.EMERGENCY_SEND, Event.ESCALATE)
"""What rings until somebody has done what was due."""
TELEPHONE_IT = _(
    "Tell the hospital outside by telephone what was found, and write down that it knows: then it is closed."
)
PAPERS = {Aside.FORM_COMPLETED: Backfill.FORM, Aside.RECORD_COMPLETED: Backfill.RECORD}


@transaction.atomic
def announce_aside(*, by: Actor, referral_id: UUID, what: str, version: int) -> int:
    """Tell the other side what happened beside the table: a changed urgency, a completed paper."""
    referral = REFERRAL.fetch(by, "notify", referral_id)
    loud = what == Aside.PRIORITISED and referral.priority != Priority.ROUTINE
    told = sum(
        consortium.notify(
            by=by,
            key=f"referral:{referral.pk}:{version}",
            recipients=recipients,
            level=NoticeLevel.URGENT if loud else NoticeLevel.NOTE,
            title=phrase(NUMBERED, number=referral.number, what=Aside(what).label),
            body=_day(referral) if what == Aside.EXPECTED_MOVED else "",
            url=reverse("referral:detail", args=[referral.pk]),
            patient_id=referral.patient_id,
        )
        for recipients in (_doctor(referral), desk_of(referral))
    )
    if Aside(what) in PAPERS:
        _close_paper(by, referral, PAPERS[Aside(what)])
    audit.record(by=by, action="referral.announced", subject=referral, detail={"event": what, "told": told})
    return told


def _close_paper(by: Actor, referral: Referral, paper: Backfill) -> None:
    """The paper is written: what asked for it asks no more."""
    for task in referral.backfills.filter(kind=paper):
        keys = [f"referral-paper:{task.pk}:{time}" for time in range(1, task.escalations + 1)]
        consortium.close_notices(by=by, keys=keys)


@transaction.atomic
def announce(*, by: Actor, referral_id: UUID, event: str, version: int) -> int:
    """Tell the other side; answers how many were told."""
    referral = REFERRAL.fetch(by, "notify", referral_id)
    step = Event(event)
    if step in QUIET:
        return 0
    told, rang = 0, _rang(referral, version)
    for recipients in _recipients(referral, step):
        told += consortium.notify(
            by=by,
            key=f"referral:{referral.pk}:{version}",
            recipients=recipients,
            level=_level(referral, step),
            title=phrase(NUMBERED, number=referral.number, what=step.label),
            body=TELEPHONE_IT if _by_telephone(referral, step) else "",
            url=reverse("referral:detail", args=[referral.pk]),
            patient_id=referral.patient_id,
            instead_of=rang if step in RINGS else (),
        )
    if step not in RINGS:
        consortium.close_notices(by=by, keys=rang)
    audit.record(
        by=by, action="referral.announced", subject=referral, detail={"event": step.value, "told": told}
    )
    return told


def _rang(referral: Referral, version: int) -> list[str]:
    """What rang before this step: a step of a person answers it for everybody, a new ring takes its place for those who
    hear that one. In the same handler as the ring, so never before it."""
    rings = referral.entries.filter(event__in=RINGS, version__lt=version).order_by("version")
    return [f"referral:{referral.pk}:{one}" for one in rings.values_list("version", flat=True)]


def _recipients(referral: Referral, step: Event) -> list[Recipients]:
    doctor = _doctor(referral)
    desk = desk_of(referral)
    if step == Event.ESCALATE:
        return _called(referral)
    if step == Event.SUBMIT_FOR_REVIEW:
        return [Recipients(role=Role.BRANCH_REVIEWER, organisation=referral.source_id)]
    if step in TO_RECEIVER or _by_telephone(referral, step):
        return [desk]
    if step == Event.ARRIVE and referral.direction != Direction.DOWN:
        return [doctor, Recipients(role=Role.SPECIALIST, organisation=referral.target_id)]
    return [doctor, desk] if step in TO_BOTH else [doctor]


def _by_telephone(referral: Referral, step: Event) -> bool:
    """Whether this is the reply to a hospital outside that takes no messages: our own desk tells it."""
    if step != Event.COMPLETE_CARE or referral.doctor_id is not None:
        return False
    return not Peer.objects.filter(organisation=referral.source_id, active=True).exists()


def _day(referral: Referral) -> str:
    return f"{referral.expected_date:%Y-%m-%d}" if referral.expected_date else ""


def _doctor(referral: Referral) -> Recipients:
    """Who sent; nobody where a hospital outside did, which hears of it by message or telephone."""
    return Recipients(staff=(referral.doctor_id,) if referral.doctor_id else ())


def desk_of(referral: Referral) -> Recipients:
    """Who answers at the receiving side."""
    branch = referral.direction == Direction.DOWN or referral.target.kind in BRANCHES
    role = Role.BRANCH_DOCTOR if branch else Role.COORDINATOR
    return Recipients(role=role, organisation=referral.target_id)


def _called(referral: Referral) -> list[Recipients]:
    """Who answers for a late leg now: the desk whose turn it is, and who is on duty above it."""
    people = Recipients(staff=tuple(one.staff_id for one in called([referral])[referral.pk]))
    if turn_of(referral.status, referral.follow_up) == Side.SENDER:
        return [_doctor(referral), people]
    return [desk_of(referral), people]


def _level(referral: Referral, step: Event) -> NoticeLevel:
    if step in LOUD or (step == Event.SUBMIT and referral.priority == Priority.EMERGENCY):
        return NoticeLevel.URGENT
    return NoticeLevel.TASK if step in TASKS else NoticeLevel.NOTE
