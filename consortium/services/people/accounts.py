"""Accounts: made, closed, opened again, unlocked; never deleted."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from consortium import events
from consortium.choices import Ending, Licence, Title
from consortium.engine import codes, passwords
from consortium.models import Staff
from consortium.policies import STAFF
from consortium.services.sessions.endings import end_all_sessions
from kernel import audit, clock, crypto, outbox
from kernel.actor import Actor
from kernel.errors import Conflict, Invalid
from kernel.pinyin import pinyin_of

CONTEXT = "consortium_staff"


@dataclass(frozen=True)
class NewAccount:
    """A new account and the password that is shown once and must be changed at the first sign-in."""

    staff: Staff
    password: str


@transaction.atomic
def create_staff(
    *,
    by: Actor,
    username: str,
    name: str,
    id_number: str,
    phone: str = "",
    licence: Licence | str = Licence.NONE,
    licence_number: str = "",
    title: Title | str = Title.NONE,
) -> NewAccount:
    """Open an account for one person, known by her ID number. Raises Invalid for a wrong or missing one, Conflict for
    a second account of the same person or a user name in use. It can do nothing before a security manager gives a post.
    """
    STAFF.ask(by, "create")
    if not id_number.strip():
        missing = _("An account is one person: it needs her ID number.")
        raise Invalid(fields={"id_number": missing}, code="id_number_missing")
    password = passwords.random_password()
    staff = draft(
        username=username,
        name=name,
        id_number=id_number,
        phone=phone,
        licence=licence,
        licence_number=licence_number,
        title=title,
    )
    staff.password = make_password(password)
    try:
        with transaction.atomic():
            staff.save(force_insert=True)
    except IntegrityError as problem:
        raise _taken(problem) from problem
    audit.record(by=by, action="consortium.account_created", subject=staff)
    outbox.emit(events.StaffChanged(staff_id=str(staff.pk)))
    return NewAccount(staff, password)


@transaction.atomic
def close_account(*, by: Actor, staff_id: UUID, left: bool = False) -> Staff:
    """Close an account and end its sessions at once; `left` also says that the person has left."""
    staff = STAFF.fetch(by, "close", staff_id, lock=True)
    staff.is_active = False
    staff.left_at = clock.now() if left else staff.left_at
    staff.save(update_fields=["is_active", "left_at"])
    end_all_sessions(staff.pk, Ending.ACCOUNT_CLOSED)
    audit.record(by=by, action="consortium.account_closed", subject=staff, detail={"left": left})
    outbox.emit(events.StaffChanged(staff_id=str(staff.pk)))
    return staff


@transaction.atomic
def reopen_account(*, by: Actor, staff_id: UUID) -> Staff:
    """Open a closed account again; its posts count as they stand."""
    staff = STAFF.fetch(by, "reopen", staff_id, lock=True)
    staff.is_active, staff.left_at, staff.reopened_at = True, None, clock.now()
    staff.save(update_fields=["is_active", "left_at", "reopened_at"])
    audit.record(by=by, action="consortium.account_reopened", subject=staff)
    outbox.emit(events.StaffChanged(staff_id=str(staff.pk)))
    return staff


def draft(
    *,
    username: str,
    name: str,
    id_number: str = "",
    phone: str = "",
    licence: str = Licence.NONE,
    licence_number: str = "",
    title: str = Title.NONE,
) -> Staff:
    """An unsaved account with everything sealed that must be. Raises Invalid for a wrong ID number."""
    text = id_number.strip().upper()
    if text and not codes.id_number_valid(text):
        problem = _("This ID number is not right: check the birth date and the last character.")
        raise Invalid(fields={"id_number": problem}, code="bad_id_number")
    syllables, initials = pinyin_of(name)
    staff = Staff(
        username=username.strip().lower(),
        name=name.strip(),
        pinyin=syllables,
        initials=initials,
        licence=Licence(licence),
        licence_number=licence_number,
        title=Title(title),
    )
    if text:
        staff.id_number_sealed = crypto.seal(f"{CONTEXT}.id_number", staff.pk, text)
        staff.id_number_index = crypto.blind(f"{CONTEXT}.id_number", text)
    if phone:
        staff.phone_sealed = crypto.seal(f"{CONTEXT}.phone", staff.pk, phone.strip())
    return staff


def _taken(problem: IntegrityError) -> Conflict | Invalid:
    text = str(problem)
    if "id_number_index" in text:
        return Conflict(_("This person already has an account."), code="person_has_account")
    if "username_shape" in text:
        wrong = _("A user name is 3 to 40 small letters, digits, dots or hyphens and begins with a letter.")
        return Invalid(fields={"username": wrong}, code="bad_username")
    return Conflict(_("This user name is taken."), code="username_taken")
