"""Months of the audit record that went offline: whole, archived, past their time, with a signed end of each lane."""

import gzip
import hashlib
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

import orjson
from django.db import connection, connections, transaction
from django.utils.translation import gettext as _

from kernel import audit, clock, ids
from kernel.actor import Actor
from kernel.chain.lanes import Finding
from kernel.conf import data_folder
from kernel.crypto import Signature, signer
from kernel.errors import Invalid
from kernel.models import AuditClosing

KEPT: Final = timedelta(days=180)
"""So long the record stays online (网络安全法 §21: not less than six months)."""
AHEAD: Final = 3
"""Months that are ready before they begin."""
HOUSE: Final = Actor.system("kernel")
PREFIX: Final = "kernel_auditentry_"

MONTHS: Final = """
SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
WHERE i.inhparent = 'kernel_auditentry'::regclass AND c.relname ~ '_[0-9]{4}_[0-9]{2}$' ORDER BY 1
"""
ENDS: Final = """
SELECT DISTINCT ON (lane) lane, sequence, encode(mac, 'hex') FROM {table} ORDER BY lane, sequence DESC
"""


def make_ahead() -> int:
    """Make the coming months ready; how many were made. The app may ask for this and for nothing else there."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT kernel_make_audit_months(%s)", [AHEAD])
        return int(cursor.fetchone()[0])


def months() -> list[date]:
    """The months that lie online, oldest first."""
    with connections["audit"].cursor() as cursor:
        cursor.execute(MONTHS)
        names = [row[0] for row in cursor.fetchall()]
    return [date(int(name[-7:-3]), int(name[-2:]), 1) for name in names]


def starts() -> tuple[dict[int, tuple[int, str]], list[Finding]]:
    """Where each lane goes on after the last month taken offline, and the closings that are not genuine."""
    found: dict[int, tuple[int, str]] = {}
    doubts: list[Finding] = []
    for row in AuditClosing.objects.using("audit").order_by("month"):
        if signer().verify(row.body.encode(), Signature(*row.signature)):
            lanes = orjson.loads(row.body)["lanes"]
            found |= {int(lane): (sequence, mac) for lane, (sequence, mac) in lanes.items()}
        else:
            note = f"the signed end of {row.month:%Y-%m} is broken"
            doubts.append(Finding("closing", -1, 0, str(row.pk), note, row.closed_at.timestamp()))
    return found, doubts


def take_offline(until: date) -> list[date]:
    """Archive and drop every month up to and with `until`, oldest first; which ones. As the owner of the tables.

    Raises Invalid, code `too_young`, for a month younger than KEPT. The caller has verified the chain.
    """
    going = [month for month in months() if month <= until]
    young = [month for month in going if clock.day_bounds(_next(month))[0] > clock.now() - KEPT]
    if young:
        words = {"month": f"{young[0]:%Y-%m}", "days": KEPT.days}
        sentence = _("The audit record of %(month)s is younger than %(days)d days and stays.") % words
        raise Invalid(sentence, code="too_young")
    for month in going:
        _close(month)
    return going


def _next(month: date) -> date:
    return (month.replace(day=1) + timedelta(days=32)).replace(day=1)


def _close(month: date) -> None:
    table = f"{PREFIX}{month:%Y_%m}"
    place = data_folder() / "audit" / "archive" / f"{month:%Y-%m}.jsonl.gz"
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
        rows, digest = _archive(cursor, table, place)
        cursor.execute(ENDS.format(table=table))
        lanes = {str(lane): [sequence, mac] for lane, sequence, mac in cursor.fetchall()}
        words = {
            "month": f"{month:%Y-%m}",
            "lanes": lanes,
            "rows": rows,
            "archive": place.name,
            "sm3": digest,
        }
        body = orjson.dumps(words).decode()
        signature = signer().sign(body.encode())
        AuditClosing.objects.using("owner").create(
            id=ids.uuid7(),
            month=month,
            body=body,
            signature=[signature.algorithm, signature.key_id, signature.value_b64],
            closed_at=clock.now(),
        )
        cursor.execute(f"ALTER TABLE kernel_auditentry DETACH PARTITION {table}")
        cursor.execute(f"DROP TABLE {table}")
    detail: dict[str, str | int | bool] = {"month": f"{month:%Y-%m}", "rows": rows, "sm3": digest}
    audit.record(by=HOUSE, action="audit.month_closed", detail=detail)


def _archive(cursor: Any, table: str, place: Path) -> tuple[int, str]:
    """All rows as JSON lines beside the checkpoints; how many, and the SM3 of the compressed file."""
    place.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
    draft = place.with_suffix(".draft")
    rows = 0
    order = f"COPY (SELECT row_to_json(e) FROM {table} e ORDER BY lane, sequence) TO STDOUT"  # noqa: S608 - a name of ours
    with gzip.open(draft, "wb") as file, cursor.copy(order) as pieces:
        for (words,) in pieces.rows():
            file.write(words.encode() + b"\n")
            rows += 1
    draft.rename(place)
    return rows, hashlib.new("sm3", place.read_bytes()).hexdigest()
