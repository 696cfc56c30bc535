"""What was announced in the outbox, handed to each handler once, in order.

It runs apart from the verb: fan-out makes one row per handler, a handler's effect and its receipt are one
transaction, and within one (handler, stream) nothing overtakes. What fails waits and is tried again; nothing is
dropped.
"""

import logging
import time
import traceback
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import orjson
from django.db import connection, transaction

from kernel import clock, outbox
from kernel.actor import Actor
from kernel.database import prepared
from kernel.models import OutboxDelivery

log = logging.getLogger(__name__)

STUCK_AFTER: Final = 8
"""Failures after which a delivery counts as stuck: seen by /healthz, still tried."""
LONGEST: Final = timedelta(hours=1)
BATCH: Final = 500
FAN_OUT_LOCK: Final = 0x6C79_6F75

# Events of transactions that are older than every running one; our own transaction's too, so that a test
# inside one transaction sees its events delivered.
RIPE = """
SELECT id, topic, stream, payload::text FROM kernel_outboxevent
WHERE fanned_out_at IS NULL
  AND (xid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
       OR xid = pg_current_xact_id_if_assigned()::text::bigint)
ORDER BY id LIMIT %s
"""
FAN_OUT = """
INSERT INTO kernel_outboxdelivery (event_id, handler, stream, attempts, due_at, last_error)
SELECT event_id, handler, stream, 0, %s, ''
FROM unnest(%s::bigint[], %s::text[], %s::text[]) AS d (event_id, handler, stream)
ON CONFLICT (event_id, handler) DO NOTHING
"""


@transaction.atomic
def fan_out() -> int:
    """Give every ripe event its deliveries, oldest first. One process at a time; answers how many events."""
    with connection.cursor() as cursor:
        # Two at once could hand out a later event of a stream before an earlier one.
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [FAN_OUT_LOCK])
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute(RIPE, [BATCH])
        ripe = cursor.fetchall()
        rows = [
            (event_id, handler.name, stream)
            for event_id, topic, stream, payload in ripe
            for handler in outbox.HANDLERS.values()
            if handler.wants(topic, payload)
        ]
        now = clock.now()
        if rows:
            cursor.execute(FAN_OUT, [now, *(list(column) for column in zip(*rows, strict=True))])
        if ripe:
            mark = "UPDATE kernel_outboxevent SET fanned_out_at = %s WHERE id = ANY(%s)"
            cursor.execute(mark, [now, [row[0] for row in ripe]])
    return len(ripe)


# Due, and no unfinished one stands before it in its (handler, stream).
NEXT = """
FROM kernel_outboxdelivery d
WHERE d.done_at IS NULL AND d.due_at <= %s
  AND NOT EXISTS (SELECT 1 FROM kernel_outboxdelivery e
                  WHERE e.done_at IS NULL AND e.handler = d.handler AND e.stream = d.stream
                    AND e.event_id < d.event_id)
"""
# Finished deliveries stay in the index until the next vacuum, and each look walks past them: one look finds many.
DUE = f"SELECT d.id {NEXT} AND d.handler = ANY(%s) ORDER BY d.event_id, d.id LIMIT {BATCH}"
PAYLOAD = "(SELECT v.payload::text FROM kernel_outboxevent v WHERE v.id = d.event_id)"
CLAIM = f"SELECT d.id, d.handler, d.attempts, {PAYLOAD} {NEXT} AND d.id = %s FOR UPDATE OF d SKIP LOCKED"
RECEIPT = "UPDATE kernel_outboxdelivery SET attempts = %s, done_at = %s WHERE id = %s"


@dataclass(frozen=True, slots=True)
class _Claimed:
    """A delivery this transaction holds, with its event's fields as JSON."""

    pk: int
    handler: str
    attempts: int
    payload: str


def deliver() -> int:
    """Fan out and run everything that is due; answers how many deliveries were tried."""
    tried = 0
    while fan_out() == BATCH:
        continue
    while done := sum(_deliver_one(pk) for pk in _due()):
        tried += done
    return tried


def drain(patience: float = 10.0) -> int:
    """`deliver` until nothing is due, follow-up events included; answers how many deliveries were tried.

    Waits up to `patience` seconds for older transactions that hold back committed events.
    """
    tried, until = 0, time.monotonic() + patience
    while True:
        round_ = deliver()
        tried += round_
        if not round_ and (not unfanned() or time.monotonic() >= until):
            return tried
        if not round_:
            time.sleep(0.02)


def _due() -> list[int]:
    """The deliveries that may run now, the heads of their streams, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(DUE, [clock.now(), list(outbox.HANDLERS)])
        return [row[0] for row in cursor.fetchall()]


def _deliver_one(pk: int) -> bool:
    """Run one due delivery; False when another worker has it or had it. Effect and receipt are one transaction."""
    claimed: _Claimed | None = None
    try:
        with transaction.atomic():
            claimed = _claim(pk)
            if claimed is None:
                return False
            _run(claimed)
    except Exception as error:
        # A handler's failure is a fact to keep with the delivery, whatever it is; it is tried again.
        if claimed is None:
            raise
        _note_failure(claimed, error)
    return True


def _claim(pk: int) -> _Claimed | None:
    with prepared.cursor() as cursor:
        cursor.execute(CLAIM, [clock.now(), pk])
        row = cursor.fetchone()
    return _Claimed(*row) if row else None


def _run(delivery: _Claimed) -> None:
    handler = outbox.HANDLERS[delivery.handler]
    event = handler.event(**orjson.loads(delivery.payload))
    handler.run(event, Actor.system(handler.name.partition(".")[0]))
    with prepared.cursor() as cursor:
        cursor.execute(RECEIPT, [delivery.attempts + 1, clock.now(), delivery.pk])


def _note_failure(delivery: _Claimed, error: Exception) -> None:
    attempts = delivery.attempts + 1
    wait = min(timedelta(seconds=2**attempts), LONGEST)
    # The first line only: what PostgreSQL adds below it quotes values of the row.
    words = f"{type(error).__name__}: {str(error).partition(chr(10))[0]}"[:500]
    frames = "".join(traceback.format_tb(error.__traceback__))
    told = "delivery %s to %s failed (%s): %s\n%s"
    log.warning(told, delivery.pk, delivery.handler, attempts, words, frames)
    OutboxDelivery.objects.filter(pk=delivery.pk, done_at__isnull=True).update(
        attempts=attempts, due_at=clock.now() + wait, last_error=words
    )


def unfanned() -> int:
    """Events no handler has been given yet."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM kernel_outboxevent WHERE fanned_out_at IS NULL")
        return int(cursor.fetchone()[0])


def waiting() -> int:
    """Deliveries not done yet."""
    return OutboxDelivery.objects.filter(done_at__isnull=True).count()


def stuck() -> int:
    """Deliveries that failed `STUCK_AFTER` times or more; /healthz shows the number."""
    return OutboxDelivery.objects.filter(done_at__isnull=True, attempts__gte=STUCK_AFTER).count()
