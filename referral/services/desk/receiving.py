"""The receiving side answers: take, keep a bed, put on the list, reject."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from consortium import selectors as consortium
from emr.capacity import selectors as capacity_now
from emr.capacity import services as capacity
from kernel import clock
from kernel.actor import Actor
from kernel.errors import Invalid
from referral.choices import Direction, Event, Priority, RejectCode
from referral.models import Referral
from referral.services.desk.inviting import invite
from referral.services.desk.priority import reprioritise
from referral.services.leg.standing import source_of
from referral.services.leg.steps import begin, staff_here, step
from referral.services.leg.timing import kept_until


@transaction.atomic
def accept(
    *,
    by: Actor,
    referral_id: UUID,
    version: int,
    key: str,
    department_id: UUID | None = None,
    bed_id: UUID | None = None,
    pool_id: UUID | None = None,
    priority: str = "",
    priority_reason: str = "",
    come_at: datetime | None = None,
    words: str = "",
) -> Referral:
    """Accept a leg, name the department, confirm the urgency and keep a place, in one order.

    The place is a bed by name, or `pool_id`: one of a ward's counted beds, or a slot of a clinic's half day. It names
    its department by itself. An urgency that is changed needs a reason; the times after the answer run by
    the new one. With the answer goes where to come and what to bring (`invite`), `come_at` and `words` beside.
    Raises Conflict (409) when somebody was faster with the leg or the bed.
    """
    referral, done = begin(by, Event.ACCEPT, referral_id, key, version)
    if done:
        return referral
    named = place(referral, _ward_of(bed_id, pool_id) or department_id)
    changed = judge(by, referral, priority, priority_reason)
    if come_at is not None and come_at < clock.now():
        raise Invalid(fields={"come_at": _("This moment is over.")})
    referral.accepted_at, referral.accepted_by_id = clock.now(), staff_here(by)
    step(
        by,
        referral,
        Event.ACCEPT,
        version=version,
        words=changed,
        fields=[*named, "accepted_at", "accepted_by", "priority"],
    )
    invite(referral, come_at=come_at, words=words)
    if bed_id is not None or pool_id is not None:
        _keep(by, referral, bed_id, pool_id)
    return referral


def _ward_of(bed_id: UUID | None, pool_id: UUID | None) -> UUID | None:
    """The department of a place that is named."""
    if bed_id is not None:
        return consortium.bed(bed_id).department_id
    return capacity_now.pool(pool_id).department_id if pool_id is not None else None


def judge(by: Actor, referral: Referral, priority: str, reason: str) -> str:
    """The receiving side's own judgement of the urgency, "" confirms the sender's; answers the words of a change.

    Raises Invalid (422) for a change without a reason (invariant 8).
    """
    before = Priority(referral.priority)
    if not priority or not reprioritise(by, referral, priority, reason, field="priority_reason"):
        return ""
    with translation.override(settings.LANGUAGE_CODE):
        return f"{before.label} → {Priority(priority).label}：{reason.strip()}"


def place(referral: Referral, department_id: UUID | None) -> list[str]:
    """The department of an up leg is named by the receiving side; a branch has none to name, a hospital outside keeps
    its own to itself. Answers the columns that changed."""
    unnamed = department_id is None and referral.direction == Direction.UP and referral.department_id is None
    if unnamed and not consortium.is_outside(referral.target_id):
        raise Invalid(fields={"department": _("Name the department that takes the patient.")})
    if department_id is None or department_id == referral.department_id:
        return []
    department = consortium.department(department_id)
    if department.organisation_id != referral.target_id:
        raise Invalid(fields={"department": _("This department belongs to another institution.")})
    referral.department_id = department.pk
    return ["department"]


def _keep(
    by: Actor,
    referral: Referral,
    bed_id: UUID | None,
    pool_id: UUID | None,
    event: Event = Event.SCHEDULE,
    *,
    version: int | None = None,
) -> None:
    if (bed_id is None) == (pool_id is None):
        raise Invalid(fields={"bed": _("Choose one bed or one slot.")})
    bed = consortium.bed(bed_id) if bed_id else None
    pool = capacity_now.pool(pool_id) if pool_id else None
    if referral.department_id not in [one.department_id for one in (bed, pool) if one]:
        raise Invalid(fields={"bed": _("This bed stands in another department.")})
    capacity.hold(
        by=by,
        bed_id=bed_id,
        pool_id=pool_id,
        patient_id=referral.patient_id,
        source=source_of(referral),
        until=kept_until(referral, clock.now()),
    )
    referral.bed_id, referral.pool_id = bed_id, pool_id
    words = _words(pool) if pool else str(bed)
    if pool:
        referral.published = {**referral.published, "place": _place(pool)}
    step(by, referral, event, version=version, words=words, fields=["bed", "pool"])
    invite(referral)


def _words(pool: Any) -> str:
    """A counted bed or a slot in the history's words."""
    with translation.override(settings.LANGUAGE_CODE):
        day = f"{pool.day_date:%m-%d} {pool.get_part_display()} " if pool.day_date else ""
        return f"{day}{pool.get_kind_display()}"


def _place(pool: Any) -> dict[str, str]:
    """A counted bed or a slot as the leg's appointment names it, also when it was given back."""
    with translation.override(settings.LANGUAGE_CODE):
        day = f"{pool.day_date:%Y-%m-%d} {pool.get_part_display()} " if pool.day_date else ""
        words = f"{pool.department.name} {day}{pool.get_kind_display()}"
    return {"kind": "Slot" if pool.day_date else "Location", "words": words}


@transaction.atomic
def schedule(
    *,
    by: Actor,
    referral_id: UUID,
    version: int,
    key: str,
    bed_id: UUID | None = None,
    pool_id: UUID | None = None,
) -> Referral:
    """Keep a bed, a counted bed or a slot for an accepted leg. Raises Invalid (422) unless one place is named."""
    referral, done = begin(by, Event.SCHEDULE, referral_id, key, version)
    if done:
        return referral
    _keep(by, referral, bed_id, pool_id, version=version)
    return referral


@transaction.atomic
def reschedule(
    *,
    by: Actor,
    referral_id: UUID,
    version: int,
    key: str,
    bed_id: UUID | None = None,
    pool_id: UUID | None = None,
) -> Referral:
    """Keep another place; the old one is free at once. Also after a no-show, when she comes after all."""
    referral, done = begin(by, Event.RESCHEDULE, referral_id, key, version)
    if done:
        return referral
    _keep(by, referral, bed_id, pool_id, Event.RESCHEDULE, version=version)
    return referral


@transaction.atomic
def waitlist(
    *, by: Actor, referral_id: UUID, version: int, key: str, expected_date: date, reason: str = ""
) -> Referral:
    """Put an accepted leg on the waiting list, with the day a place is expected."""
    referral, done = begin(by, Event.WAITLIST, referral_id, key, version)
    if done:
        return referral
    if expected_date < clock.today():
        raise Invalid(fields={"expected_date": _("The expected day is today or later.")})
    referral.expected_date = expected_date
    step(by, referral, Event.WAITLIST, version=version, words=reason.strip(), fields=["expected_date"])
    return referral


@transaction.atomic
def reject(
    *, by: Actor, referral_id: UUID, version: int, key: str, code: str, text: str, instead: str
) -> Referral:
    """Reject a leg with code, words, and what to do instead."""
    referral, done = begin(by, Event.REJECT, referral_id, key, version)
    if done:
        return referral
    refuse(by, referral, Event.REJECT, version, code=code, text=text, instead=instead)
    return referral


def refuse(
    by: Actor, referral: Referral, event: Event, version: int, *, code: str, text: str, instead: str
) -> None:
    """End a leg by `event` with code, words, and what to do instead (invariant 7)."""
    wrong = {}
    if code not in RejectCode.values:
        wrong["code"] = _("Choose a reason.")
    if not text.strip():
        wrong["text"] = _("Say why in a sentence.")
    if not instead.strip():
        wrong["instead"] = _("Say what the branch should do instead.")
    if wrong:
        raise Invalid(fields=wrong)
    referral.reject_code, referral.reject_text, referral.instead = code, text.strip(), instead.strip()
    words, fields = f"{code} {text.strip()}", ["reject_code", "reject_text", "instead"]
    step(by, referral, event, version=version, words=words, fields=fields)
