"""How the platform is doing, for the system manager: what answers, what waits, how full the disk is."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass

from django.core.cache import cache
from django.db import DatabaseError, connection
from django.utils.translation import gettext as _
from redis.exceptions import RedisError

from consortium.policies import RUNNING
from kernel import checkpoint, conf, outbox
from kernel.actor import Actor
from kernel.errors import Text

ENOUGH_SPACE = 0.10
"""Share of the disk that must be free."""


@dataclass(frozen=True)
class Component:
    """One part of the platform: whether it is well, and one line about it."""

    name: Text
    well: bool
    about: Text


def components(*, by: Actor) -> list[Component]:
    """Every part that can be asked from here; one that does not answer is shown as down."""
    RUNNING.ask(by, "view")
    return [check() for check in (_database, _redis, _outbox, _checkpoints, _disk)]


def _database() -> Component:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version'), pg_database_size(current_database())")
        version, size = cursor.fetchone()
    about = _("PostgreSQL %(version)s, %(size)d MB") % {
        "version": version.split()[0],
        "size": size // 1_000_000,
    }
    return Component(_("Database"), True, about)


def _redis() -> Component:
    return _asked(_("Cache and pushes"), lambda: (_roundtrip(), _("answers")))


def _roundtrip() -> bool:
    cache.set("consortium.running", "1", 10)
    return bool(cache.get("consortium.running") == "1")


def _outbox() -> Component:
    stuck, waiting = outbox.stuck(), outbox.unfanned() + outbox.waiting()
    return Component(
        _("Messages between rooms"),
        stuck == 0,
        _("%(waiting)d waiting, %(stuck)d stuck") % {"waiting": waiting, "stuck": stuck},
    )


def _checkpoints() -> Component:
    points = list(checkpoint.read())
    genuine = all(point.genuine for point in points)
    return Component(
        _("Signed audit checkpoints"), genuine, _("%(number)d written") % {"number": len(points)}
    )


def _disk() -> Component:
    usage = shutil.disk_usage(conf.data_folder())
    free = usage.free / usage.total
    about = _("%(free)d GB free of %(total)d GB") % {
        "free": usage.free // 10**9,
        "total": usage.total // 10**9,
    }
    return Component(_("Disk of the data folder"), free > ENOUGH_SPACE, about)


def _asked(name: Text, check: Callable[[], tuple[bool, Text]]) -> Component:
    try:
        well, about = check()
    except (RedisError, DatabaseError, OSError) as problem:
        return Component(name, False, _("does not answer (%(kind)s)") % {"kind": type(problem).__name__})
    return Component(name, well, about if well else _("answers wrongly"))
