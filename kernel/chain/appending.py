"""The next entry of the audit chain: a free lane is taken, its head followed, and every column sealed with it."""

import hmac
import threading
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from operator import is_
from typing import Any, Final

import orjson
from django.db.backends.base.base import BaseDatabaseWrapper

from kernel import ids
from kernel.chain.lanes import COLUMNS
from kernel.crypto import keys

_last = threading.local()

EPOCH: Final = datetime.fromtimestamp(0, UTC)
MICROSECOND: Final = timedelta(microseconds=1)
NUL: Final = b"\\u0000"

# The row of the lane is rewritten once a transaction, at its commit (migration 0001); until then the head stands in
# a setting of the transaction, which a rolled back savepoint takes back. `held` is that setting; its lane comes
# first, without it the lane of this process, and where another holds that, any that is free.
TAKE = """
SELECT l.lane, l.sequence, l.mac, h.held
FROM (SELECT current_setting('lianyi.audit_head', true) AS held OFFSET 0) h
JOIN kernel_auditlane l ON l.lane = coalesce(nullif(split_part(h.held, ' ', 1), '')::int, pg_backend_pid() % 64)
FOR UPDATE OF l SKIP LOCKED
"""
TAKE_FREE = """
SELECT lane, sequence, mac, '' FROM kernel_auditlane ORDER BY (lane + pg_backend_pid()) % 64
LIMIT 1 FOR UPDATE SKIP LOCKED
"""
# Only when 64 transactions hold a lane each: wait for one.
WAIT = "SELECT lane, sequence, mac, '' FROM kernel_auditlane WHERE lane = pg_backend_pid() % 64 FOR UPDATE"

_ENTRY = f"""
INSERT INTO kernel_auditentry ({", ".join(COLUMNS)}, mac)
SELECT {", ".join(["%s"] * len(COLUMNS))}, %s
"""
APPEND = f"{_ENTRY} FROM set_config('lianyi.audit_head', %s, true)"
# The same where this thread knows the head: nothing is written unless the transaction holds it still.
APPEND_TO = f"""{_ENTRY}
FROM (SELECT current_setting('lianyi.audit_head', true) AS held OFFSET 0) h,
     LATERAL (SELECT set_config('lianyi.audit_head', %s, true) WHERE h.held = %s OFFSET 0) s
"""
# And where a transaction before left its head in this connection's memory: the lane is taken with the entry, unless
# another has written to it since, or holds it, or this transaction holds one.
APPEND_FIRST = f"""{_ENTRY}
FROM (SELECT lane FROM kernel_auditlane WHERE lane = %s AND sequence = %s AND mac = %s
      AND coalesce(current_setting('lianyi.audit_head', true), '') = '' FOR UPDATE SKIP LOCKED) l,
     LATERAL (SELECT set_config('lianyi.audit_head', %s, true) WHERE l.lane IS NOT NULL OFFSET 0) s
"""  # noqa: S608 - constants only
# The same for a transaction that waits for its COMMIT (`kernel.database.at_once`): no lane is NULL, so nothing stands.
APPEND_SURELY = f"""
INSERT INTO kernel_auditentry ({", ".join(COLUMNS)}, mac)
SELECT (SELECT lane FROM kernel_auditlane WHERE lane = %s AND sequence = %s AND mac = %s FOR UPDATE SKIP LOCKED),
       {", ".join(["%s"] * len(COLUMNS))}
FROM set_config('lianyi.audit_head', %s, true)
"""  # noqa: S608 - constants only
LAST: Final = "audit head"
"""In a connection's memory: the head its last entry left."""


def append(cursor: Any, here: BaseDatabaseWrapper, said: Sequence[Any]) -> None:
    """Write the entry that says `said`, the columns from `at` to `detail`, inside the transaction of `here`, by its
    `cursor`. One statement where the head of a lane is known, else two.
    """
    within = _within(here)
    new = _followed(cursor, within, said) or _write(cursor, _head(*_free_lane(cursor)), said, APPEND)
    _last.head, _last.within = new, within
    if hasattr(cursor, "memory"):
        cursor.memory[LAST] = new


Head = tuple[int, int, bytes]
"""Lane, sequence and MAC of the last entry of the lane this transaction writes to."""


def _within(here: BaseDatabaseWrapper) -> tuple[Any, Any]:
    """What is the same object all through a transaction: its block, and Django's list of what follows the commit,
    which it begins anew when a savepoint is rolled back. A test case's own block stands for none."""
    blocks: list[Any] = here.atomic_blocks
    return next((one for one in blocks if not one._from_testcase), None), here.run_on_commit


def _known_head(within: tuple[Any, Any]) -> Head | None:
    """The head this thread wrote last, as long as the same transaction runs and no savepoint was rolled back since."""
    head: Head | None = getattr(_last, "head", None)
    return head if head and all(map(is_, _last.within, within)) else None


def _followed(cursor: Any, within: tuple[Any, Any], said: Sequence[Any]) -> Head | None:
    """Write the entry behind a head that is known, in one statement. None where none is or it is the end no more."""
    if head := _known_head(within):
        return _write(cursor, head, said, APPEND_TO, _held(*head))
    # Django's own cursor, while statements are counted, has no memory: a count does not hang on what ran before.
    last: Head | None = getattr(cursor, "memory", {}).get(LAST)
    if last is None:
        return None
    return (cursor.waits and _left(cursor, last, said)) or _write(cursor, last, said, APPEND_FIRST)


def _left(cursor: Any, head: Head, said: Sequence[Any]) -> Head | None:
    """Let the entry wait for the COMMIT, to be written behind `head` or to fail the whole; the head it then makes."""
    row, seal, new = _entry(head, said)
    return new if cursor.later(APPEND_SURELY, [*head, *row[1:], seal, _held(*new)]) else None


def _write(cursor: Any, head: Head, said: Sequence[Any], statement: str, *held: str) -> Head | None:
    """Write the entry that follows `head`; the head it makes. None: only `APPEND` writes to whatever head."""
    row, seal, new = _entry(head, said)
    taken = head if statement is APPEND_FIRST else ()
    cursor.execute(statement, [*row, seal, *taken, _held(*new), *held])
    return new if cursor.rowcount == 1 else None


def _entry(head: Head, said: Sequence[Any]) -> tuple[list[Any], bytes, Head]:
    """The row that follows `head`, its MAC, and the head it makes."""
    lane, last, previous = head
    row: list[Any] = [lane, last + 1, ids.uuid7(), *said, previous]
    sealed = canonical(row)
    if NUL in sealed:  # PostgreSQL stores none
        row = [value.replace("\0", "") if isinstance(value, str) else value for value in row]
        sealed = canonical(row)
    seal = mac_of(sealed)
    row[18] = orjson.dumps(row[18]).decode()
    return row, seal, (lane, last + 1, seal)


def _held(lane: int, sequence: int, mac: bytes) -> str:
    return f"{lane} {sequence} {mac.hex()}"


def _free_lane(cursor: Any) -> tuple[int, int, bytes, str | None]:
    for statement in (TAKE, TAKE_FREE, WAIT):
        cursor.execute(statement)
        if found := cursor.fetchone():
            break
    lane: tuple[int, int, bytes, str | None] = found
    return lane


def _head(lane: int, sequence: int, mac: bytes, held: str | None) -> tuple[int, int, bytes]:
    """The end of the lane as this transaction sees it: `held`, `lane sequence mac`, once it has written."""
    if not held:
        return lane, sequence, bytes(mac)
    own, last, last_mac = held.split()
    return int(own), int(last), bytes.fromhex(last_mac)


def canonical(row: list[Any]) -> bytes:
    """All columns of COLUMNS as a JSON array: ids as text, time in microseconds, keys sorted, hex bytes."""
    return orjson.dumps(row, default=_plain, option=orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_DATETIME)


def _plain(value: Any) -> str | int:
    """What orjson does not write itself as the canonical form wants it; ids it does."""
    if isinstance(value, datetime):
        return (value - EPOCH) // MICROSECOND
    if isinstance(value, bytes):
        return value.hex()
    raise TypeError(type(value).__name__)


def mac_of(sealed: bytes) -> bytes:
    """HMAC-SM3 over the canonical form of a row."""
    return hmac.digest(keys.derived("audit", 32), sealed, "sm3")
