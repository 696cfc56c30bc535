"""Locks of accounts and addresses, taken off at once by the system manager, with a reason."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from consortium.choices import UnlockReason
from consortium.models import Staff
from consortium.policies import STAFF
from consortium.services.sessions import throttle
from kernel import audit
from kernel.actor import Actor
from kernel.errors import Invalid


@transaction.atomic
def unlock(*, by: Actor, staff_id: UUID, reason: UnlockReason | str) -> Staff:
    """Forget the failed sign-ins of an account, so that it need not wait out its lock."""
    staff = STAFF.fetch(by, "unlock", staff_id)
    detail = {"reason": _reason(reason)}
    throttle.forget(staff.username)
    audit.record(by=by, action="consortium.account_unlocked", subject=staff, detail=detail)
    return staff


@transaction.atomic
def unlock_source(*, by: Actor, address: str, reason: UnlockReason | str) -> int:
    """Forget the failed sign-ins from an address; how many counts that were."""
    STAFF.ask(by, "unlock")
    detail: dict[str, str | int | bool] = {"reason": _reason(reason), "address": address[:45]}
    cleared = throttle.forget_source(address)
    audit.record(by=by, action="consortium.source_unlocked", detail={**detail, "cleared": cleared})
    return cleared


def _reason(said: str) -> str:
    if said not in UnlockReason.values:
        raise Invalid(fields={"reason": _("Say why.")}, code="reason_missing")
    return str(UnlockReason(said))
