"""Proving who one is: password, then second factor; and reopening a locked page.

These verbs answer instead of raising, so that a failure is counted in the transaction that saw it.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from uuid import UUID

from django.contrib.auth.hashers import check_password as matches
from django.contrib.auth.hashers import identify_hasher, make_password
from django.db import transaction

from consortium import selectors
from consortium.models import Staff, StaffSession
from consortium.services import factors, throttle
from kernel import audit, clock
from kernel.actor import Actor


class Outcome(StrEnum):
    ACCEPTED = "accepted"
    WRONG = "wrong"
    LOCKED = "locked"


@dataclass(frozen=True)
class Answer:
    """What a door says. `tries_left` until the account locks; `locked_until` while it is."""

    outcome: Outcome
    staff_id: UUID | None = None
    tries_left: int = 0
    locked_until: datetime | None = None
    session: StaffSession | None = None
    by_recovery_code: bool = False

    @property
    def accepted(self) -> bool:
        return self.outcome is Outcome.ACCEPTED


@transaction.atomic
def check_password(*, by: Actor, username: str, password: str) -> Answer:
    """First factor. Unknown names take the same path, time, counting and words as known ones."""
    account = username.strip().lower()[:150]
    if until := throttle.locked_until(account=account, source=by.address):
        return Answer(Outcome.LOCKED, locked_until=until)
    staff = Staff.objects.filter(username=account).first()
    right = _password_fits(staff, password)
    if staff is None or not right or not staff.is_active:
        return _failed(by, account, staff, "consortium.password_refused")
    audit.record(by=_as(staff, by), action="consortium.password_accepted", subject=staff)
    return Answer(Outcome.ACCEPTED, staff_id=staff.pk)


@transaction.atomic
def check_code(*, by: Actor, staff_id: UUID, code: str, agent: str = "") -> Answer:
    """Second factor: a code of the authenticator, used once, or a recovery code. Opens the session."""
    staff = Staff.objects.get(pk=staff_id)
    if until := throttle.locked_until(account=staff.username, source=by.address):
        return Answer(Outcome.LOCKED, locked_until=until)
    used = factors.accept(staff, code)
    if used is None or not staff.is_active:
        return _failed(by, staff.username, staff, "consortium.code_refused")
    session = open_session(by=by, staff_id=staff.pk, agent=agent)
    return Answer(
        Outcome.ACCEPTED,
        staff_id=staff.pk,
        session=session,
        by_recovery_code=used is factors.Used.RECOVERY_CODE,
    )


@transaction.atomic
def open_session(*, by: Actor, staff_id: UUID, agent: str = "") -> StaffSession:
    """Begin a session of somebody who has just passed both factors; the only post is chosen at once."""
    staff = Staff.objects.get(pk=staff_id)
    posts = selectors.posts_of(staff_id)
    session = StaffSession.objects.create(
        staff=staff,
        post=posts[0] if len(posts) == 1 else None,
        seen_at=clock.now(),
        address=by.address[:45],
        agent=agent[:200],
    )
    throttle.forget(staff.username)
    audit.record(by=_as(staff, by, session), action="consortium.signed_in", subject=session)
    return session


@transaction.atomic
def reopen(*, by: Actor, session_id: UUID, password: str) -> Answer:
    """Reopen a locked page with the password alone; both factors are asked again after twelve hours."""
    session = StaffSession.objects.select_related("staff").select_for_update(of=("self",)).get(pk=session_id)
    staff = session.staff
    if until := throttle.locked_until(account=staff.username, source=by.address):
        return Answer(Outcome.LOCKED, locked_until=until)
    if not _password_fits(staff, password) or not staff.is_active or session.ended_at:
        return _failed(by, staff.username, staff, "consortium.reopening_refused")
    session.seen_at, session.locked_at = clock.now(), None
    session.save(update_fields=["seen_at", "locked_at"])
    throttle.forget(staff.username)
    audit.record(by=_as(staff, by, session), action="consortium.session_reopened", subject=session)
    return Answer(Outcome.ACCEPTED, staff_id=staff.pk, session=session)


def _password_fits(staff: Staff | None, password: str) -> bool:
    """Compare in the same time whether or not the account exists, and hash a cheap hash again in full."""
    encoded = staff.password if staff and staff.has_usable_password() else _nobody()
    right = matches(password, encoded, setter=None)
    if staff is None or encoded == _nobody():
        return False
    if identify_hasher(encoded).must_update(encoded):
        full = make_password(password)
        if right:
            staff.password = full
            staff.save(update_fields=["password"])
    return right


@cache
def _nobody() -> str:
    """A hash nothing matches, computed once with the full parameters."""
    return make_password("nobody has this password: " + str(clock.now()))


def _failed(by: Actor, account: str, staff: Staff | None, action: str) -> Answer:
    left = throttle.count_failure(account=account, source=by.address)
    detail: dict[str, str | int | bool] = {"tries_left": left, "known": staff is not None}
    audit.record(by=by, action=action, subject=staff, outcome="failure", detail=detail)
    until = throttle.locked_until(account=account, source=by.address)
    return Answer(Outcome.LOCKED if until else Outcome.WRONG, tries_left=left, locked_until=until)


def _as(staff: Staff, by: Actor, session: StaffSession | None = None) -> Actor:
    return selectors.actor_without_post(staff, session=str(session.pk) if session else "", address=by.address)
