"""What waits for the three managers: each number opens exactly the list it counts."""

from typing import Final

from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from consortium.choices import Role
from consortium.models import Staff, Throttle
from consortium.selectors.managers.alarms import alarms_waiting
from consortium.selectors.rights.changes import waiting_for
from kernel import clock
from kernel.actor import Actor
from kernel.work import Count, Work

DECIDING: Final = (Role.SECURITY_MANAGER, Role.SYSTEM_MANAGER, Role.LEADER)


def work(*, by: Actor) -> Work:
    """Tiles of the managers; every other post has no work in this room."""
    counts: list[Count] = []
    if by.has(*DECIDING):
        counts.append(_changes(by))
    if by.has(Role.SECURITY_MANAGER):
        counts.append(_alarms(by))
    if by.has(Role.SYSTEM_MANAGER):
        counts += _accounts()
    if by.has(Role.LEADER) and not counts[0].number:
        return Work()
    return Work(counts=tuple(counts))


def _changes(by: Actor) -> Count:
    url = str(reverse_lazy("consortium:changes"))
    return Count(key="changes", label=_("Waiting for my approval"), number=waiting_for(by=by), url=url)


def _alarms(by: Actor) -> Count:
    number, late = alarms_waiting(by=by)
    url = str(reverse_lazy("consortium:alarms"))
    return Count(key="alarms", label=_("Alarms"), number=number, url=url, late=late)


def _accounts() -> list[Count]:
    locked = Throttle.objects.filter(kind="account", locked_until__gt=clock.now()).count()
    waiting = Staff.objects.filter(is_active=True, totp__isnull=True).count()
    url = str(reverse_lazy("consortium:ops"))
    return [
        Count(key="locked", label=_("Locked accounts"), number=locked, url=f"{url}?show=locked"),
        Count(key="new", label=_("Not yet signed in"), number=waiting, url=f"{url}?show=new"),
    ]
