"""What waits for the three managers."""

from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from consortium.choices import Role
from consortium.models import Staff, Throttle
from consortium.selectors.alarms import alarms_waiting
from kernel import clock
from kernel.actor import Actor
from kernel.work import Count, Work


def work(*, by: Actor) -> Work:
    """Tiles of the system and the security manager; every other post has no work in this room."""
    if by.has(Role.SECURITY_MANAGER):
        waiting, late = alarms_waiting(by=by)
        shown = str(reverse_lazy("consortium:alarms"))
        return Work(counts=(Count(key="alarms", label=_("Alarms"), number=waiting, url=shown, late=late),))
    if not by.has(Role.SYSTEM_MANAGER):
        return Work()
    locked = Throttle.objects.filter(kind="account", locked_until__gt=clock.now()).count()
    waiting = Staff.objects.filter(is_active=True, totp__isnull=True).count()
    url = str(reverse_lazy("consortium:ops"))
    return Work(
        counts=(
            Count(key="locked", label=_("Locked accounts"), number=locked, url=f"{url}?show=locked"),
            Count(key="new", label=_("Not yet signed in"), number=waiting, url=f"{url}?show=new"),
        )
    )
