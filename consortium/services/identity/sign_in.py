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
from consortium.choices import LONGEST, Factor
from consortium.models import KnownDevice, Staff, StaffSession
from consortium.services.identity import certificates, factors
from consortium.services.sessions import devices, endings, throttle
from consortium.services.sessions.devices import ANYWHERE, Seat
from kernel import audit, clock
from kernel.actor import Actor


class Outcome(StrEnum):
    ACCEPTED = "accepted"
    WRONG = "wrong"
    LOCKED = "locked"


@dataclass(frozen=True)
class Answer:
    """What a door says. `tries_left` until the account locks, `locked_until` while it is: told only to who has shown
    something of the account already; a stranger hears WRONG for an unknown, wrong, closed or locked one alike."""

    outcome: Outcome
    staff_id: UUID | None = None
    tries_left: int | None = None
    locked_until: datetime | None = None
    session: StaffSession | None = None

    @property
    def accepted(self) -> bool:
        return self.outcome is Outcome.ACCEPTED


@transaction.atomic
def check_password(*, by: Actor, username: str, password: str, seat: Seat = ANYWHERE) -> Answer:
    """First factor. Unknown, closed and locked accounts take the same path, time, counting and words as known ones.

    Opens the session at once where the seat brings the second factor: a certificate bound to the account, or a
    device on which it was shown less than twelve hours ago.
    """
    account = username.strip().lower()[:150]
    throttle.one_at_a_time(account)
    staff = Staff.objects.filter(username=account).first()
    device = devices.known(staff, seat)
    until = throttle.locked_until(account=account, source="" if device else by.address)
    fits = fitting_hash(staff, password)
    if staff is None or not fits or not staff.is_active or until:
        return failed(by, account, staff, "consortium.password_refused", device=device)
    keep_hash(staff, fits)
    audit.record(by=acting(staff, by), action="consortium.password_accepted", subject=staff)
    return _with_what_is_there(by, staff, device, seat)


@transaction.atomic
def check_code(*, by: Actor, staff_id: UUID, code: str, seat: Seat = ANYWHERE) -> Answer:
    """Second factor: a code of the authenticator, used once, or a recovery code. Opens the session."""
    staff = Staff.objects.get(pk=staff_id)
    throttle.one_at_a_time(staff.username)
    until = throttle.locked_until(account=staff.username)
    used = None if until else factors.accept(staff, code)
    if used is None or not staff.is_active:
        return failed(by, staff.username, staff, "consortium.code_refused", tell=True)
    session = open_session(by=by, staff_id=staff.pk, factor=used, seat=seat)
    return Answer(Outcome.ACCEPTED, staff_id=staff.pk, session=session)


@transaction.atomic
def open_session(
    *,
    by: Actor,
    staff_id: UUID,
    factor: Factor = Factor.AUTHENTICATOR,
    seat: Seat = ANYWHERE,
    until: datetime | None = None,
) -> StaffSession:
    """Begin a session of somebody who has just passed both factors; the only post is chosen at once.

    Beyond the number that may stand at once, her oldest sessions end.
    """
    staff = Staff.objects.select_for_update().get(
        pk=staff_id
    )  # one sign-in of hers counts her sessions at a time
    posts = selectors.posts_of(staff_id)
    now = clock.now()
    session = StaffSession.objects.create(
        staff=staff,
        post=posts[0] if len(posts) == 1 else None,
        seen_at=now,
        proved_at=None if factor is Factor.DEVICE else now,
        until_at=until or now + LONGEST,
        factor=factor,
        address=by.address[:45],
        agent=seat.agent[:200],
    )
    throttle.forget(staff.username)
    if factor is not Factor.DEVICE:
        devices.remember(staff, seat)
    ended = endings.end_oldest(staff)
    detail: dict[str, str | int | bool] = {"factor": str(factor), "ended": ended}
    audit.record(by=acting(staff, by, session), action="consortium.signed_in", subject=session, detail=detail)
    return session


@transaction.atomic
def reopen(*, by: Actor, session_id: UUID, password: str) -> Answer:
    """Reopen a locked page with the password alone; both factors are asked again after twelve hours."""
    session = StaffSession.objects.select_related("staff").select_for_update(of=("self",)).get(pk=session_id)
    staff = session.staff
    throttle.one_at_a_time(staff.username)
    until = throttle.locked_until(account=staff.username)
    fits = fitting_hash(staff, password)
    if until or not fits or not staff.is_active or session.ended_at:
        return failed(by, staff.username, staff, "consortium.reopening_refused", tell=True)
    keep_hash(staff, fits)
    return unlocked(by, session)


def unlocked(by: Actor, session: StaffSession) -> Answer:
    """Open a locked page again for who has just shown that it is hers."""
    session.seen_at, session.locked_at = clock.now(), None
    session.save(update_fields=["seen_at", "locked_at"])
    throttle.forget(session.staff.username)
    actor = acting(session.staff, by, session)
    audit.record(by=actor, action="consortium.session_reopened", subject=session)
    return Answer(Outcome.ACCEPTED, staff_id=session.staff_id, session=session)


def fitting_hash(staff: Staff | None, password: str) -> str:
    """The hash to keep for this password; "" when it is wrong.

    Takes the same time whether or not the account exists: a cheap hash is made again in full, right or wrong.
    """
    encoded = staff.password if staff and staff.has_usable_password() else _nobody()
    right = matches(password, encoded, setter=None)
    if identify_hasher(encoded).must_update(encoded):
        encoded = make_password(password)
    return encoded if right and encoded != _nobody() else ""


def keep_hash(staff: Staff, encoded: str) -> None:
    """Store the full hash of a password that has come in under a cheap one."""
    if staff.password != encoded:
        staff.password = encoded
        staff.save(update_fields=["password"])


@cache
def _nobody() -> str:
    """A hash nothing matches, computed once with the full parameters."""
    return make_password("nobody has this password: " + str(clock.now()))


def _with_what_is_there(by: Actor, staff: Staff, device: KnownDevice | None, seat: Seat) -> Answer:
    """Accepted; with a session where the second factor is there already."""
    session = None
    if certificates.belongs(staff, seat.certificate):
        session = open_session(by=by, staff_id=staff.pk, factor=Factor.CERTIFICATE, seat=seat)
    elif device and not staff.must_change_password and device.factor_at + LONGEST > clock.now():
        until = device.factor_at + LONGEST
        session = open_session(by=by, staff_id=staff.pk, factor=Factor.DEVICE, seat=seat, until=until)
    return Answer(Outcome.ACCEPTED, staff_id=staff.pk, session=session)


def failed(
    by: Actor,
    account: str,
    staff: Staff | None,
    action: str,
    *,
    device: KnownDevice | None = None,
    tell: bool = False,
) -> Answer:
    """Count and record a failure. How it stands with the account is told to who is known here, to nobody else."""
    # Who has shown something of the account already is held up by the account's lock; the address is the strangers'.
    left = throttle.count_failure(account=account, source="" if device or tell else by.address)
    until = throttle.locked_until(account=account)
    detail: dict[str, str | int | bool] = {
        "tries_left": left,
        "known": staff is not None,
        "locked": until is not None,
    }
    audit.record(by=by, action=action, subject=staff, outcome="failure", detail=detail)
    if not (tell or device):
        return Answer(Outcome.WRONG)
    return Answer(Outcome.LOCKED if until else Outcome.WRONG, tries_left=left, locked_until=until)


def acting(staff: Staff, by: Actor, session: StaffSession | None = None) -> Actor:
    """The person herself, at the address of who knocked."""
    return selectors.actor_without_post(staff, session=str(session.pk) if session else "", address=by.address)
