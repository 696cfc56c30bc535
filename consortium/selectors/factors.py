"""Second factors, as the sign-in pages ask for them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings

from consortium.choices import Role
from consortium.engine import totp
from consortium.models import RecoveryCode, StaffSession, TotpDevice
from consortium.selectors.people import current_posts
from kernel import clock, crypto
from kernel.errors import OutOfReach, Text


@dataclass(frozen=True)
class DemoCode:
    """What an authenticator of the demo shows now, and for whom."""

    username: str
    name: str
    role: Text
    place: str
    code: str


def has_factor(staff_id: UUID) -> bool:
    """Whether an authenticator is bound to the account."""
    return TotpDevice.objects.filter(staff=staff_id).exists()


def recovery_codes_left(staff_id: UUID) -> int:
    """How many recovery codes have not been used."""
    return RecoveryCode.objects.filter(staff=staff_id, used_at__isnull=True).count()


def last_sign_in(staff_id: UUID) -> tuple[datetime, str] | None:
    """When and where the account signed in last; None at the first time."""
    rows = StaffSession.objects.filter(staff=staff_id).select_related("post__organisation")
    last = rows.order_by("-started_at", "-pk").first()
    if last is None:
        return None
    return last.started_at, last.post.organisation.short_name if last.post else last.address


def demo_codes(role: str = "", staff_id: UUID | None = None) -> list[DemoCode]:
    """The present codes of everybody in a demo. Raises OutOfReach (404) anywhere else."""
    if not settings.DEMO:
        raise OutOfReach
    rows = current_posts().filter(staff__totp__isnull=False).select_related("staff__totp", "organisation")
    if role:
        rows = rows.filter(role=role)
    if staff_id:
        rows = rows.filter(staff=staff_id)
    found = rows.order_by("organisation__sequence", "role", "pk")
    return [
        DemoCode(
            username=post.staff.username,
            name=post.staff.name,
            role=Role(post.role).label,
            place=post.organisation.short_name,
            code=_code(post.staff.totp),
        )
        for post in found
    ]


def new_secret() -> str:
    """A new secret for an authenticator, bound to nobody yet."""
    return totp.new_secret()


def code_now(secret: str, *, step: int = 0) -> str:
    """The six digits an authenticator with `secret` shows now (`step` 30 s steps later)."""
    return totp.code_at(secret, clock.now().timestamp(), step)


def _code(device: TotpDevice) -> str:
    return code_now(crypto.unseal("consortium_totp.secret", device.staff_id, bytes(device.secret_sealed)))
