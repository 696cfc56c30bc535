"""Counting failures per account name and per source, the same for names that exist and names that do not.

A source is not counted, and does not lock, for a browser on which the person has shown her second factor before:
whoever knocks from behind a hospital's one address locks out strangers there, not its staff.
"""

from datetime import datetime
from ipaddress import ip_address, ip_network
from uuid import UUID

from django.conf import settings
from django.db import connection

from consortium.choices import LOCK, MAX_FAILURES
from consortium.models import Throttle
from kernel import clock, crypto, ids

LIMITS = {"account": MAX_FAILURES, "source": settings.SOURCE_FAILURES}

# Two tries of one name wait for each other, so that the sixth is never judged beside the fifth.
_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(%s)"

_COUNT = """
    INSERT INTO consortium_throttle AS t (id, kind, "index", failures, since_at, locked_until)
    VALUES (%(id)s, %(kind)s, %(index)s, 1, %(now)s, NULL)
    ON CONFLICT (kind, "index") DO UPDATE SET
        failures = CASE WHEN {over} THEN 1 ELSE t.failures + 1 END,
        since_at = CASE WHEN {over} THEN %(now)s ELSE t.since_at END,
        locked_until = CASE WHEN {over} THEN NULL
                            WHEN t.locked_until IS NOT NULL THEN t.locked_until
                            WHEN t.failures + 1 >= %(limit)s THEN %(until)s END
    RETURNING failures, locked_until""".format(  # noqa: S608  # constants only
    # Knocking at a locked door makes the lock no longer.
    over="COALESCE(t.locked_until <= %(now)s, t.since_at < %(since)s)"
)


def index_of(kind: str, text: str) -> bytes:
    """Keyed index of an account name or an address: the table itself names nobody."""
    return crypto.blind(f"consortium_throttle.{kind}", _network(text) if kind == "source" else text)


def _network(address: str) -> str:
    """One subscriber holds a whole /64 of IPv6: it is one source."""
    try:
        one = ip_address(address)
    except ValueError:
        return address
    return str(ip_network(f"{one}/64", strict=False)) if one.version == 6 else address


def one_at_a_time(account: str) -> None:
    """Hold the other tries of this name until the transaction ends."""
    number = int.from_bytes(index_of("account", account)[:8], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute(_ONE_AT_A_TIME, [number])


def locked_until(**subjects: str) -> datetime | None:
    """Until when one of the subjects (`account=…`, `source=…`) is locked; None when none is."""
    indexes = [index_of(kind, text) for kind, text in subjects.items() if text]
    rows = Throttle.objects.filter(kind__in=subjects, index__in=indexes, locked_until__gt=clock.now())
    return max((row.locked_until for row in rows if row.locked_until), default=None)


def count_failure(**subjects: str) -> int:
    """Count one failure for each subject and lock what reached its limit. How many tries the account has left."""
    left = MAX_FAILURES
    now = clock.now()
    for kind, text in sorted(subjects.items()):
        if not text:
            continue
        values: dict[str, str | int | bytes | UUID | datetime] = {
            "id": ids.uuid7(),
            "kind": kind,
            "index": index_of(kind, text),
            "now": now,
            "since": now - LOCK,
            "until": now + LOCK,
            "limit": LIMITS[kind],
        }
        with connection.cursor() as cursor:
            cursor.execute(_COUNT, values)
            row = cursor.fetchone()
        if kind == "account" and row:
            left = max(0, MAX_FAILURES - row[0])
    return left


def forget(account: str) -> None:
    """A complete sign-in or a manager clears what was counted for the account."""
    Throttle.objects.filter(kind="account", index=index_of("account", account)).delete()


def forget_source(address: str) -> int:
    """A manager clears what was counted for an address; how many rows that were."""
    return Throttle.objects.filter(kind="source", index=index_of("source", address)).delete()[0]
