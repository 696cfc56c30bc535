"""The audit record: who did what to whose record. Written in the verb's transaction, chained, never changed.

The chain has 64 lanes. A transaction takes a free one and keeps it until it ends, so no writer waits for
another; `kernel.chain` verifies all of them.
"""

import hmac
import logging
import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from operator import is_
from typing import Any, Final
from uuid import UUID

import orjson
from django.db import InternalError, OperationalError, ProgrammingError, connection
from django.db.models import Model, Q, QuerySet

from kernel import clock, ids, joining, prepared
from kernel.actor import Actor
from kernel.crypto import keys
from kernel.errors import Unavailable
from kernel.lanes import COLUMNS
from kernel.models import AuditEntry

log = logging.getLogger(__name__)
_count = threading.local()

EPOCH: Final = datetime.fromtimestamp(0, UTC)
MICROSECOND: Final = timedelta(microseconds=1)

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
"""  # noqa: S608 - as above
# The same for a transaction that waits for its COMMIT (`kernel.at_once`): no lane is NULL, so nothing stands.
APPEND_SURELY = f"""
INSERT INTO kernel_auditentry ({", ".join(COLUMNS)}, mac)
SELECT (SELECT lane FROM kernel_auditlane WHERE lane = %s AND sequence = %s AND mac = %s FOR UPDATE SKIP LOCKED),
       {", ".join(["%s"] * len(COLUMNS))}
FROM set_config('lianyi.audit_head', %s, true)
"""  # noqa: S608 - constants only
LAST: Final = "audit head"
"""In a connection's memory: the head its last entry left."""


def record(
    *,
    by: Actor,
    action: str,
    subject: Model | None = None,
    patient: UUID | None = None,
    outcome: str = "success",
    detail: Mapping[str, str | int | bool] | None = None,
) -> None:
    """Append one entry inside the caller's transaction: it stands or falls with what it describes.

    `action` is a past participle (`referral.accepted`); `detail` holds ids and codes, never clinical text
    or a name. Two statements the first time in a transaction, then one.
    """
    kind = subject._meta.label_lower if subject is not None else ""
    pk = str(subject.pk) if subject is not None else ""
    _append(by, action, outcome, kind, pk, patient, dict(detail or {}))


def record_refusal(*, by: Actor, action: str, detail: Mapping[str, Any] | None = None) -> None:
    """Append a refusal in a transaction of its own, at the edge, after the verb's has rolled back.

    `model` and `pk` in `detail`, as the policy names them, become the entry's subject.
    """
    words = {key: value for key, value in (detail or {}).items() if isinstance(value, str | int | bool)}
    kind, pk = str(words.pop("model", "")), str(words.pop("pk", ""))
    _append(by, action, "refused", kind, pk, None, words)


def record_shown(*, by: Actor, page: str, words: Mapping[str, Any]) -> None:
    """Append that `page` was shown, in a transaction of its own. `words` fill the page's address: the patient it
    names stands in the entry's own column, the first other id becomes its subject."""
    ids_named = {name: word for name, word in words.items() if isinstance(word, UUID)}
    patient = ids_named.pop("patient_id", None)
    pk = next(iter(ids_named.values()), "")
    _append(by, "page.shown", "success", page, str(pk), patient, {})


def written() -> int:
    """How many entries this thread has appended so far: whether a request has left a trace is a difference."""
    return int(getattr(_count, "entries", 0))


def _append(
    by: Actor,
    action: str,
    outcome: str,
    kind: str,
    pk: str,
    patient: UUID | None,
    detail: dict[str, str | int | bool],
) -> None:
    said = (
        clock.present(), str(by.kind), by.name, by.id, by.post, by.organisation, " ".join(sorted(by.roles)),
        by.session, by.address, by.purpose, action, outcome, kind, pk, patient, detail,
    )  # fmt: skip
    with _writable(), joining.whole(), prepared.cursor() as cursor:
        if not _followed(cursor, said):
            _write(cursor, _head(*_free_lane(cursor)), said, APPEND)
        _count.entries = written() + 1


Head = tuple[int, int, bytes]
"""Lane, sequence and MAC of the last entry of the lane this transaction writes to."""


def _known_head() -> Head | None:
    """The head this thread wrote last, as long as the same transaction runs and no savepoint was rolled back since."""
    head: Head | None = getattr(_count, "head", None)
    return head if head and all(map(is_, getattr(_count, "within", ()), _within())) else None


def _within() -> tuple[Any, Any]:
    """What is the same object all through a transaction: its block, and Django's list of what follows the commit,
    which it begins anew when a savepoint is rolled back. A test case's own block stands for none."""
    blocks: list[Any] = connection.atomic_blocks
    return next((one for one in blocks if not one._from_testcase), None), connection.run_on_commit


def _followed(cursor: Any, said: Sequence[Any]) -> bool:
    """Write the entry behind a head that is known, in one statement. False where none is or it is the end no more."""
    if head := _known_head():
        return _write(cursor, head, said, APPEND_TO, _held(*head))
    # Django's own cursor, while statements are counted, has no memory: a count does not hang on what ran before.
    last: Head | None = getattr(cursor, "memory", {}).get(LAST)
    return last is not None and (_left(cursor, last, said) or _write(cursor, last, said, APPEND_FIRST))


def _left(cursor: Any, head: Head, said: Sequence[Any]) -> bool:
    """Whether the entry waits for the COMMIT, to be written behind `head` or to fail the whole."""
    row, seal, new = _entry(head, said)
    if not cursor.later(APPEND_SURELY, [*head, *row[1:], seal, _held(*new)]):
        return False
    _keep(cursor, new)
    return True


def _write(cursor: Any, head: Head, said: Sequence[Any], statement: str, *held: str) -> bool:
    """Write the entry that follows `head`. Whether it stands there: only `APPEND` writes to whatever head."""
    row, seal, new = _entry(head, said)
    taken = head if statement is APPEND_FIRST else ()
    cursor.execute(statement, [*row, seal, *taken, _held(*new), *held])
    if cursor.rowcount != 1:
        return False
    _keep(cursor, new)
    return True


def _entry(head: Head, said: Sequence[Any]) -> tuple[list[Any], bytes, Head]:
    """The row that follows `head`, its MAC, and the head it makes."""
    lane, last, previous = head
    row: list[Any] = [lane, last + 1, ids.uuid7(), *said, previous]
    row = [value.replace("\0", "") if isinstance(value, str) else value for value in row]
    seal = mac_of(row)
    row[18] = orjson.dumps(row[18]).decode()
    return row, seal, (lane, last + 1, seal)


def _keep(cursor: Any, head: Head) -> None:
    _count.head, _count.within = head, _within()
    if hasattr(cursor, "memory"):
        cursor.memory[LAST] = head


def _held(lane: int, sequence: int, mac: bytes) -> str:
    return f"{lane} {sequence} {mac.hex()}"


@contextmanager
def _writable() -> Iterator[None]:
    """What cannot be recorded does not happen: the caller gets Unavailable (503) and nothing else."""
    try:
        yield
    except (ProgrammingError, OperationalError, InternalError) as error:
        log.critical("the audit record cannot be written: %s", str(error).partition("\n")[0])
        raise Unavailable(code="audit_unwritable") from error


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
    plain = [
        str(value) if isinstance(value, UUID)
        else (value - EPOCH) // MICROSECOND if isinstance(value, datetime)
        else value.hex() if isinstance(value, bytes)
        else value
        for value in row
    ]  # fmt: skip
    return orjson.dumps(plain, option=orjson.OPT_SORT_KEYS)


def mac_of(row: list[Any]) -> bytes:
    """HMAC-SM3 over the canonical form of a row."""
    return hmac.digest(keys.derived("audit", 32), canonical(row), "sm3")


def search(
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    actor: str = "",
    action: str = "",
    actions: Collection[str] = (),
    outcome: str = "",
    subject: str = "",
    patient: UUID | None = None,
    organisation: UUID | None = None,
    address: str = "",
    before: UUID | None = None,
    limit: int = 50,
) -> list[AuditEntry]:
    """Entries that match every given word, newest first, read as the audit user; for the audit console.

    `action` ending in "." means every action of that room; `actions` are any of several. `before` is the id of
    the last entry of the page before. The caller has asked its policy whether `by` may look.
    """
    words = within(since, until)
    words &= Q(action__startswith=action) if action.endswith(".") else Q(action=action) if action else Q()
    words &= Q(action__in=actions) if actions else Q()
    given = {
        "actor_name": actor, "outcome": outcome, "subject_id": subject, "patient": patient,
        "organisation": organisation, "address": address, "id__lt": before,
    }  # fmt: skip
    rows = entries().filter(words, **{name: value for name, value in given.items() if value})
    return list(rows.order_by("-id")[:limit])


def within(since: datetime | None, until: datetime | None) -> Q:
    """Entries of a period; by their ids too, so that only its months are read."""
    words = Q(at__gte=since, id__gte=edge(since, -1)) if since else Q()
    return words & Q(at__lt=until, id__lt=edge(until, 1)) if until else words


def edge(moment: datetime, minutes: int) -> UUID:
    """The first id of `moment`, a minute away: an id is made a little before or after its entry's time is read."""
    return UUID(int=int((moment.timestamp() + 60 * minutes) * 1000) << 80)


def patients(since: datetime | None, until: datetime | None) -> Iterator[UUID]:
    """Whose records were touched in a period, each once."""
    rows = entries().filter(within(since, until), patient__isnull=False)
    found = rows.order_by("patient").values_list("patient", flat=True).distinct()
    yield from (patient for patient in found.iterator(5000) if patient)


def entries() -> QuerySet[AuditEntry]:
    """All entries, read as the audit user."""
    return AuditEntry.objects.using("audit")
