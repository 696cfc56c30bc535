"""Alarms: what must not happen was seen. Written at once, whatever becomes of the work it was seen in.

An alarm is a row, a line in the log and an event; the security managers are told by whoever subscribes
(`AlarmRaised`). The same trouble within ten minutes counts up and does not ring again.
"""

import hashlib
import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar, Final
from uuid import UUID

import psycopg
from django.db import connection, transaction
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from kernel import clock, ids, outbox, wake
from kernel.actor import Actor
from kernel.database.joining import inside
from kernel.errors import Text

log = logging.getLogger(__name__)

AGAIN: Final = timedelta(minutes=10)
"""For so long the same trouble is the same alarm."""
HOUSE: Final = Actor.system("kernel")

# Two that see the same trouble at one moment: the second waits and counts up.
ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 17))"
COUNT_UP = """
UPDATE kernel_alarm SET times = times + 1, last_at = %s, level = greatest(level, %s)
WHERE id = (SELECT id FROM kernel_alarm WHERE key = %s AND last_at > %s AND closed_at IS NULL
            ORDER BY last_at DESC LIMIT 1)
"""
RAISE = """
INSERT INTO kernel_alarm (
    id, version, code, level, key, raised_at, last_at, times, actor_kind, actor_name, actor_id, organisation,
    address, subject_kind, subject_id, patient, detail, verdict, finding)
VALUES (%s, 1, %s, %s, %s, %s, %s, 1, %s, %s, %s, %s, %s, %s, %s, %s, %s::jsonb, '', '')
"""


@dataclass(frozen=True)
class AlarmRaised(outbox.Event):
    """A new alarm stands; what only counted up is not announced again."""

    topic: ClassVar[str] = "kernel.alarm_raised"
    alarm_id: str

    @property
    def stream(self) -> str:
        return f"alarm:{self.alarm_id}"


def alarm(
    code: str,
    *,
    by: Actor | None = None,
    level: int = 2,
    subject: Model | None = None,
    patient: UUID | None = None,
    detail: Mapping[str, str | int | bool] | None = None,
) -> None:
    """Raise the alarm `code` (`room.what`, a past participle) about `subject`, or about `by` where there is none.

    Stands although the caller's transaction rolls back. `level` 1 to be looked at, 2 today, 3 now. `detail`
    holds ids and codes, never clinical text or a name.
    """
    who = by or HOUSE
    kind = subject._meta.label_lower if subject is not None else ""
    pk = str(subject.pk) if subject is not None else ""
    about = " ".join(
        [code, kind, pk] if subject is not None else [code, str(who.id or who.name), who.address]
    )
    log.critical("alarm %s (level %s): %s %s by %s", code, level, kind, pk, who.name)
    row = [
        who.kind.value, who.name, who.id, who.organisation, who.address, kind, pk, patient,
        json.dumps(dict(detail or {})),
    ]  # fmt: skip
    with _apart() as cursor:
        raised = _write(cursor, code, level, about, row)
    if raised:
        wake.up() if inside() else transaction.on_commit(wake.up, robust=True)


def _write(cursor: Any, code: str, level: int, about: str, row: list[Any]) -> bool:
    """Whether it rings: False where the trouble is known and was counted up."""
    now, key = clock.present(), hashlib.sha256(about.encode()).digest()
    cursor.execute(ONE_AT_A_TIME, [about])
    cursor.execute(COUNT_UP, [now, level, key, now - AGAIN])
    if cursor.rowcount:
        return False
    pk = ids.uuid7()
    words = [value.replace("\0", "") if isinstance(value, str) else value for value in row]
    cursor.execute(RAISE, [pk, code, level, key, now, now, *words])
    event = AlarmRaised(alarm_id=str(pk))
    cursor.execute(outbox.EMIT, [event.topic, event.stream, json.dumps({"alarm_id": str(pk)}), now])
    return True


@contextmanager
def _apart() -> Iterator[Any]:
    """A cursor in a transaction of its own: a connection of its own where this one's may still roll back."""
    if not inside():
        with transaction.atomic(), connection.cursor() as cursor:
            yield cursor
        return
    known = connection.get_connection_params()
    wanted = {
        name: value for name, value in known.items() if name not in {"context", "cursor_factory", "pool"}
    }
    with psycopg.connect(**wanted) as own, own.cursor() as cursor:
        yield cursor


NAMES: Final[dict[str, Text]] = {
    "kernel.file_damaged": _("A stored file is damaged"),
    "kernel.row_damaged": _("A protected row of the database was changed from outside"),
    "kernel.checkpoint_failed": _("The audit checkpoint did not reach its second place"),
    "kernel.chain_broken": _("The audit chain is broken"),
}
"""What an alarm is called on the screen, by code."""


def named(code: str, words: Text) -> str:
    """Give the alarm `code` its name on the screen; answers the code. For the room that raises it."""
    NAMES[code] = words
    return code


def name(code: str) -> Text:
    """What the alarm is called; its code where no room named it."""
    return NAMES.get(code, code)
