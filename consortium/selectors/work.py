"""What waits for the three managers."""

from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from consortium.choices import Role
from consortium.models import Staff, Throttle
from kernel import clock
from kernel.actor import Actor
from kernel.work import Count, Work


def work(*, by: Actor) -> Work:
    """Tiles of the system manager; every other post has no work in this room."""
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
