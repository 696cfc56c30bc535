"""Second factors, as the sign-in pages ask for them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings

from consortium.choices import PASSWORD_LASTS, PASSWORD_WARNS, Role
from consortium.engine import totp
from consortium.models import Certificate, Passkey, RecoveryCode, Staff, StaffSession, TotpDevice
from consortium.policies import CERTIFICATE, PASSKEY
from consortium.selectors.people.directory import current_posts
from kernel import clock, crypto
from kernel.actor import Actor
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


def credentials(staff_id: UUID) -> list[bytes]:
    """Which passkeys a browser may answer with for this person."""
    rows = Passkey.objects.filter(staff=staff_id).order_by("pk")
    return [bytes(one) for one in rows.values_list("credential", flat=True)]


def passkeys(*, by: Actor) -> list[Passkey]:
    """The own passkeys, the newest first."""
    return list(PASSKEY.rows(by, "view").order_by("-created_at", "-pk")) if by.roles else []


def has_certificate(staff_id: UUID, fingerprint: bytes) -> bool:
    """Whether the certificate that the gateway sees is this person's."""
    rows = Certificate.objects.filter(staff=staff_id, fingerprint=fingerprint, revoked_at__isnull=True)
    return bool(fingerprint) and rows.filter(not_after__gt=clock.now()).exists()


def certificates_of(*, by: Actor, staff_id: UUID) -> list[Certificate]:
    """Certificates bound to an account, as its owner and the managers see them; the valid ones first."""
    if not by.roles:
        return []
    rows = CERTIFICATE.rows(by, "view").filter(staff=staff_id)
    return list(rows.order_by("revoked_at", "-bound_at", "-pk"))


def password_until(staff_id: UUID) -> datetime:
    """When the password must be changed."""
    person = Staff.objects.only("password_changed_at", "created_at").get(pk=staff_id)
    return (person.password_changed_at or person.created_at) + PASSWORD_LASTS


def password_days_left(staff_id: UUID) -> int:
    """Days the password is still good for, when they are so few that each sign-in says so; else 0."""
    left = password_until(staff_id) - clock.now()
    return max(1, left.days) if timedelta() < left <= PASSWORD_WARNS else 0


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
