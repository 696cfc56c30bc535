"""How the platform is doing, for the system manager: what answers, what waits, how full the disk is."""

import shutil
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.models import Count, Min, Q
from django.utils.translation import gettext as _
from redis.exceptions import RedisError

from consortium.choices import TextState
from consortium.gateways import gateway
from consortium.models import TextMessage
from consortium.policies import RUNNING
from kernel import clock, conf, delivery
from kernel.actor import Actor
from kernel.chain import checkpoint
from kernel.errors import Text
from kernel.models import AuditEntry

ENOUGH_SPACE: Final = 0.10
"""Share of the disk that must be free."""
WORKER_SEEN: Final = "worker-seen"
"""Where config.heartbeat notes the worker's last sign of life."""
WORKER_LATE: Final = 60
BACKUP_MADE: Final = "backup.made"
BACKUPS: Final = Actor.system("backup").name
BACKUP_LATE: Final = timedelta(hours=26)
"""A day and the time a backup takes."""
DELIVERIES: Final = "/ops/deliveries/"
TEXTS_LATE: Final = timedelta(minutes=15)


@dataclass(frozen=True)
class Component:
    """One part of the platform: whether it is well, and one line about it."""

    name: Text
    well: bool
    about: Text
    url: str = ""
    """Where more is shown and can be done."""


def components(*, by: Actor) -> list[Component]:
    """Every part that can be asked from here, what is not well first; one that does not answer is shown as down."""
    RUNNING.ask(by, "view")
    checks = (_database, _redis, _worker, _outbox, _texts, _dicom, _checkpoints, _backup, _disk)
    return sorted((check() for check in checks), key=lambda one: one.well)


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


def _worker() -> Component:
    """Worker and beat in one: beat sends the sign of life every ten seconds, the worker writes it down."""
    return _asked(_("Worker and timer"), _seen)


def _seen() -> tuple[bool, Text]:
    at = cache.get(WORKER_SEEN)
    if at is None:
        return False, _("no sign of life for a day")
    age = max(0, round(time.time() - float(at)))
    return age < WORKER_LATE, _("seen %(seconds)d seconds ago") % {"seconds": age}


def _dicom() -> Component:
    return _asked(_("DICOM receiver"), _listens)


def _listens() -> tuple[bool, Text]:
    """Whether the receiver takes connections; it answers at this machine or at DICOM_HOST."""
    host = "127.0.0.1" if settings.DICOM_HOST in ("", "0.0.0.0") else settings.DICOM_HOST  # noqa: S104  # a name, not a bind
    with socket.create_connection((host, settings.DICOM_PORT), timeout=0.5):
        return True, _("%(title)s listens on port %(port)d") % {
            "title": settings.DICOM_AE_TITLE,
            "port": settings.DICOM_PORT,
        }


def _backup() -> Component:
    """The newest backup the audit record tells of; found by who makes them, for there is no index of what was done."""
    backups = AuditEntry.objects.filter(actor_name=BACKUPS, action=BACKUP_MADE, outcome="success")
    made = backups.order_by("-id").first()
    if made is None:
        return Component(_("Backup"), False, _("none was made yet"))
    well = made.at > clock.now() - BACKUP_LATE
    return Component(_("Backup"), well, _("made %(at)s") % {"at": spoken(made.at)})


def spoken(moment: datetime) -> str:
    """A moment on the county's clock, for a line of the console."""
    return clock.local(moment).strftime("%Y-%m-%d %H:%M")


def _outbox() -> Component:
    stuck, waiting = delivery.stuck(), delivery.unfanned() + delivery.waiting()
    return Component(
        _("Messages between rooms"),
        stuck == 0,
        _("%(waiting)d waiting, %(stuck)d stuck") % {"waiting": waiting, "stuck": stuck},
        DELIVERIES,
    )


def _texts() -> Component:
    """Text messages to patients: what waits, what was given up within a day, and whether anybody carries them."""
    rows = TextMessage.objects.aggregate(
        waiting=Count("pk", filter=Q(state=TextState.DUE)),
        failed=Count("pk", filter=Q(state=TextState.FAILED, created_at__gt=clock.now() - timedelta(days=1))),
        oldest=Min("created_at", filter=Q(state=TextState.DUE)),
    )
    if gateway() is None:
        return Component(_("Text messages"), True, _("no gateway is set, %(waiting)d kept") % rows)
    late = rows["oldest"] is not None and rows["oldest"] < clock.now() - TEXTS_LATE
    well = not late and rows["failed"] == 0
    return Component(_("Text messages"), well, _("%(waiting)d waiting, %(failed)d given up today") % rows)


def _checkpoints() -> Component:
    """Whether every checkpoint is genuine and the last one is not older than three of their intervals."""
    name, points = _("Signed audit checkpoints"), checkpoint.read()
    if not points or not all(point.genuine for point in points):
        return Component(
            name, False, _("a line is not genuine") if points else _("no checkpoint was written yet")
        )
    made = datetime.fromisoformat(points[-1].at)
    well = made > clock.now() - 3 * timedelta(minutes=settings.AUDIT_CHECKPOINT_MINUTES)
    return Component(
        name, well, _("%(number)d written, the last %(at)s") % {"number": len(points), "at": spoken(made)}
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
