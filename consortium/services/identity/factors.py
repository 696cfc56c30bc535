"""The second factor: authenticator enrolled, codes accepted once, recovery codes, reset by the security manager."""

import secrets
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from consortium.choices import Ending, Factor
from consortium.engine import totp
from consortium.models import Passkey, RecoveryCode, Staff, TotpDevice
from consortium.policies import STAFF
from consortium.services.sessions import devices
from consortium.services.sessions.endings import end_all_sessions
from kernel import assurance, audit, clock, crypto
from kernel.actor import Actor
from kernel.errors import Conflict, Invalid

CONTEXT: Final = "consortium_totp.secret"
RECOVERY_CODES: Final = 10
_ALPHABET: Final = "abcdefghjkmnpqrstuvwxyz23456789"


@transaction.atomic
def enrol(*, by: Actor, staff_id: UUID, secret: str, code: str) -> list[str]:
    """Bind an authenticator whose first code is `code`; returns ten recovery codes to be shown once.

    Raises Invalid for a wrong code, Conflict when an authenticator is bound already (a manager resets it first).
    """
    staff = Staff.objects.select_for_update().get(pk=staff_id)
    if TotpDevice.objects.filter(staff=staff).exists():
        raise Conflict(_("An authenticator is already bound to this account."), code="factor_exists")
    step = totp.matching_step(secret, code, clock.now().timestamp(), after=0)
    if step is None:
        raise Invalid(
            fields={"code": _("This code does not fit. Wait for the next one and try again.")},
            code="bad_code",
        )
    bind(staff, secret, step=step)
    codes = _new_recovery_codes(staff)
    audit.record(by=by, action="consortium.factor_enrolled", subject=staff)
    return codes


@transaction.atomic
def reset_factor(*, by: Actor, staff_id: UUID) -> Staff:
    """Remove somebody's authenticator, recovery codes and passkeys, end the sessions; the next sign-in enrols anew."""
    assurance.fresh(by)
    staff = STAFF.fetch(by, "reset_factor", staff_id, lock=True)
    for held in (TotpDevice, RecoveryCode, Passkey):
        held.objects.filter(staff=staff).delete()
    devices.forget_all(staff.pk)
    end_all_sessions(staff.pk, Ending.FACTOR_RESET)
    audit.record(by=by, action="consortium.factor_reset", subject=staff)
    return staff


@transaction.atomic
def renew_recovery_codes(*, by: Actor) -> list[str]:
    """Ten new recovery codes, shown once; the former ones are worth nothing. Asks for a fresh proof."""
    assurance.fresh(by)
    staff = Staff.objects.select_for_update().get(pk=by.person)
    codes = _new_recovery_codes(staff)
    audit.record(by=by, action="consortium.recovery_codes_renewed", subject=staff)
    return codes


def accept(staff: Staff, code: str) -> Factor | None:
    """Use up one code: the step of the authenticator, or a recovery code. None when neither fits or was used."""
    text = code.replace(" ", "").replace("-", "").lower()
    if text.isdigit() and len(text) == 6:
        return Factor.AUTHENTICATOR if _accept_step(staff, text) else None
    unused = RecoveryCode.objects.filter(staff=staff, code_hash=_hash(staff, text), used_at__isnull=True)
    return Factor.RECOVERY_CODE if unused.update(used_at=clock.now()) else None


def bind(staff: Staff, secret: str, *, step: int = 0) -> TotpDevice:
    """Store the secret, sealed for its owner; `step` is the last one used."""
    sealed = crypto.seal(CONTEXT, staff.pk, secret)
    return TotpDevice.objects.create(staff=staff, secret_sealed=sealed, last_step=step)


def _accept_step(staff: Staff, digits: str) -> bool:
    device = TotpDevice.objects.select_for_update().filter(staff=staff).first()
    if device is None:
        return False
    secret = crypto.unseal(CONTEXT, staff.pk, bytes(device.secret_sealed))
    step = totp.matching_step(secret, digits, clock.now().timestamp(), after=device.last_step)
    if step is None:
        return False
    device.last_step = step
    device.save(update_fields=["last_step"])
    return True


def _new_recovery_codes(staff: Staff) -> list[str]:
    codes = ["".join(secrets.choice(_ALPHABET) for _ in range(10)) for _ in range(RECOVERY_CODES)]
    RecoveryCode.objects.filter(staff=staff).delete()
    RecoveryCode.objects.bulk_create(
        RecoveryCode(staff=staff, code_hash=_hash(staff, code)) for code in codes
    )
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def _hash(staff: Staff, code: str) -> bytes:
    return crypto.mac("consortium_recovery_code", f"{staff.pk}:{code}".encode())
