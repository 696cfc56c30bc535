"""Posts and the duty roster. Posts are given, cleared and ended by the house once two people agreed
(`services.people.granting`), or while a platform is set up."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _
from psycopg.types.range import DateRange

from consortium import events
from consortium.choices import CLEARANCE, Duty, Role
from consortium.models import DutyShift, Post, Staff
from consortium.policies import DUTY, POST
from kernel import assurance, audit, clock, outbox
from kernel.actor import Actor
from kernel.errors import Conflict, Invalid, Refused


@transaction.atomic
def give_post(
    *,
    by: Actor,
    staff_id: UUID,
    role: Role | str,
    organisation_id: UUID,
    department_id: UUID | None = None,
    until: date | None = None,
    clearance: int | None = None,
    below: bool = False,
    given_by: str = "",
) -> Post:
    """Give somebody a post from today up to and without `until`; `given_by`: who approved it.

    Raises Conflict code `sides_exclude` when the person stands on another side at that time (the three
    managers exclude each other and every working post), `post_exists` when she holds this post already.
    """
    POST.ask(by, "give")
    assurance.fresh(by)
    start = clock.today()
    if until and until <= start:
        raise Invalid(fields={"until": _("A post ends after it begins.")}, code="bad_period")
    role = Role(role)
    post = Post(
        staff_id=staff_id,
        role=role,
        organisation_id=organisation_id,
        department_id=department_id,
        period=DateRange(start, until, "[)"),
        clearance=CLEARANCE[role] if clearance is None else clearance,
        below=below,
        given_by=given_by or by.name,
    )
    _written(post, force_insert=True)
    audit.record(
        by=by,
        action="consortium.post_given",
        subject=post,
        detail={"role": role.value, "staff": str(staff_id), "organisation": str(organisation_id)},
    )
    outbox.emit(events.PostChanged(staff_id=str(staff_id), post_id=str(post.pk)))
    return post


@transaction.atomic
def end_post(*, by: Actor, post_id: UUID, on: date | None = None, ended_by: str = "") -> Post:
    """End a post from `on` (default today): that day it no longer counts. Raises Conflict when it has ended."""
    post = POST.fetch(by, "end", post_id, lock=True)
    assurance.fresh(by)
    last = on or clock.today()
    lower, upper = post.period.lower, post.period.upper
    if post.period.isempty or (upper is not None and upper <= last):
        raise Conflict(_("This post has already ended."), code="post_ended")
    post.period = DateRange(lower, max(lower, last), "[)")
    post.ended_by = ended_by or by.name
    post.save(update_fields=["period", "ended_by"])
    audit.record(
        by=by,
        action="consortium.post_ended",
        subject=post,
        detail={"role": post.role, "staff": str(post.staff_id)},
    )
    outbox.emit(events.PostChanged(staff_id=str(post.staff_id), post_id=str(post.pk)))
    return post


@transaction.atomic
def clear_post(*, by: Actor, post_id: UUID, clearance: int, given_by: str = "") -> Post:
    """Let a post read up to another level, from the next request of its sessions on.

    Raises Conflict when the post has ended, Invalid for a level a manager's post cannot have.
    """
    post = POST.fetch(by, "clear", post_id, lock=True)
    if not post.runs:
        raise Conflict(_("This post has already ended."), code="post_ended")
    before, post.clearance, post.given_by = post.clearance, clearance, given_by or by.name
    _written(post, update_fields=["clearance", "given_by"])
    audit.record(
        by=by,
        action="consortium.post_cleared",
        subject=post,
        detail={"staff": str(post.staff_id), "before": before, "after": clearance},
    )
    outbox.emit(events.PostChanged(staff_id=str(post.staff_id), post_id=str(post.pk)))
    return post


@transaction.atomic
def roster(
    *,
    by: Actor,
    staff_id: UUID,
    organisation_id: UUID,
    duty: Duty | str,
    telephone: str,
    starts_at: datetime,
    ends_at: datetime,
    department_id: UUID | None = None,
) -> DutyShift:
    """Put somebody on the duty roster. Raises Invalid when the times or the telephone make no sense."""
    DUTY.ask(by, "roster")
    if by.has(Role.MEDICAL_AFFAIRS) and organisation_id not in by.organisations:
        raise Refused(detail={"organisation": str(organisation_id)})
    if ends_at <= starts_at or not telephone.strip():
        raise Invalid(_("A duty needs a telephone and ends after it begins."), code="bad_duty")
    shift = DutyShift.objects.create(
        staff_id=staff_id,
        organisation_id=organisation_id,
        department_id=department_id,
        duty=Duty(duty),
        telephone=telephone.strip(),
        starts_at=starts_at,
        ends_at=ends_at,
    )
    audit.record(by=by, action="consortium.duty_rostered", subject=shift, detail={"staff": str(staff_id)})
    return shift


def _written(post: Post, **how: Any) -> None:
    """Let the database judge, so that two managers pressing at once cannot both win."""
    # One after the other for one person: two inserts that exclude each other wait for each other, and deadlock.
    Staff.objects.select_for_update(no_key=True).filter(pk=post.staff_id).first()
    try:
        with transaction.atomic():
            post.save(**how)
    except IntegrityError as problem:
        if "post_one_side_per_person" in str(problem):
            sentence = _(
                "System, security and audit manager exclude each other and every other post: end the other post first."
            )
            raise Conflict(sentence, code="sides_exclude") from problem
        if "post_given_once_at_a_time" in str(problem):
            raise Conflict(_("This person already holds this post."), code="post_exists") from problem
        raise Invalid(
            _("This post cannot be given: check person, place and clearance."), code="bad_post"
        ) from problem
