"""Passwords: changed by their owner, replaced by a one-time password of the system manager."""

import string
from typing import Final
from uuid import UUID

from django.contrib.auth.hashers import check_password as matches
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from consortium.choices import Ending
from consortium.engine import passwords
from consortium.engine.passwords import Weakness
from consortium.models import PastPassword, Staff
from consortium.policies import STAFF
from consortium.services.people.accounts import NewAccount
from consortium.services.sessions import devices, throttle
from consortium.services.sessions.endings import end_all_sessions
from kernel import assurance, audit, clock
from kernel.actor import Actor
from kernel.errors import Invalid, Text

REMEMBERED: Final = 5
SHORTEST_WORD: Final = 5
"""Below that a word inside a password says nothing."""
_AROUND: Final = string.digits + string.punctuation + " "

SENTENCES: Final[dict[str, Text]] = {
    Weakness.SHORT: _("Use at least 10 characters."),
    Weakness.CLASSES: _("Mix at least three of: small letters, capitals, digits, signs."),
    Weakness.NAME: _("Your name or user name must not be part of it."),
    Weakness.REPEATS: _("Use more different characters."),
    "common": _("This password is on the list of often used ones."),
    "used": _("You have used this password before."),
}


@transaction.atomic
def change_password(*, by: Actor, old: str, new: str) -> Staff:
    """Change the own password; every other session of the person ends. Raises Invalid with the reasons.

    A one-time password was typed a moment ago at the sign-in, so it is not asked for again (`old` is not read).
    """
    staff = Staff.objects.select_for_update().get(pk=str(by.id))
    if not staff.must_change_password and not matches(old, staff.password, setter=None):
        raise Invalid(fields={"old": _("The present password is not right.")}, code="wrong_password")
    _refuse_weak(staff, new)
    PastPassword.objects.create(staff=staff, password=staff.password)
    staff.password = make_password(new)
    staff.must_change_password, staff.password_changed_at = False, clock.now()
    staff.save(update_fields=["password", "must_change_password", "password_changed_at"])
    end_all_sessions(staff.pk, Ending.PASSWORD_CHANGED, keep=by.session)
    audit.record(by=by, action="consortium.password_changed", subject=staff)
    return staff


@transaction.atomic
def reset_password(*, by: Actor, staff_id: UUID) -> NewAccount:
    """Give somebody a one-time password, end her sessions and unlock the account; she must change it at once.

    Asks for a fresh proof: whoever hands out passwords could come in as anybody.
    """
    assurance.fresh(by)
    staff = STAFF.fetch(by, "reset_password", staff_id, lock=True)
    password = passwords.random_password()
    PastPassword.objects.create(staff=staff, password=staff.password)
    staff.password, staff.must_change_password = make_password(password), True
    staff.save(update_fields=["password", "must_change_password"])
    end_all_sessions(staff.pk, Ending.PASSWORD_CHANGED)
    devices.forget_all(staff.pk)
    throttle.forget(staff.username)
    audit.record(by=by, action="consortium.password_reset", subject=staff)
    return NewAccount(staff, password)


def _refuse_weak(staff: Staff, new: str) -> None:
    reasons: list[str] = list(passwords.weaknesses(new, staff.username, staff.name, staff.pinyin))
    if not reasons and _is_common(new):
        reasons.append("common")
    if not reasons and _used_before(staff, new):
        reasons.append("used")
    if reasons:
        raise Invalid(fields={"new": SENTENCES[reasons[0]]}, code=f"password_{reasons[0]}")


def _is_common(new: str) -> bool:
    """Whether the list of often used passwords knows it, whole or as the word that digits and signs were put around."""
    core = new.strip(_AROUND)
    return any(_listed(word) for word in {new, core} if len(word) >= SHORTEST_WORD)


def _listed(word: str) -> bool:
    try:
        CommonPasswordValidator().validate(word)
    except ValidationError:
        return True
    return False


def _used_before(staff: Staff, new: str) -> bool:
    past = PastPassword.objects.filter(staff=staff).order_by("-replaced_at", "-pk")[: REMEMBERED - 1]
    return any(matches(new, one, setter=None) for one in [staff.password, *(row.password for row in past)])
