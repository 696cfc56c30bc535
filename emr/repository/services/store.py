"""Writing versions: a fixed number of statements for any number of resources."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError

from emr.repository import sql
from emr.repository.services.drafts import Draft, complete, moment
from kernel.database import prepared
from kernel.errors import Conflict

Key = tuple[str, str]

LOCK: Final = """
SELECT r.kind, r.id, r.pid, r.version, r.deleted, r.patient_id, r.custodian_org, r.label, r.categories, r.managed_by
FROM unnest(%s::text[], %s::text[]) AS k(kind, id)
JOIN emr_resource r ON r.kind = k.kind AND r.id = k.id
ORDER BY r.kind, r.id FOR UPDATE OF r
"""

SUPERSEDE: Final = """
INSERT INTO emr_resource_history
    (kind, id, version, updated, deleted, patient_id, custodian_org, label, categories, managed_by, content)
SELECT r.kind, r.id, r.version, r.updated, r.deleted, r.patient_id, r.custodian_org, r.label, r.categories,
       r.managed_by, r.content
FROM unnest(%s::text[], %s::bigint[]) AS k(kind, pid) JOIN emr_resource r ON r.kind = k.kind AND r.pid = k.pid
"""

_COLUMNS: Final = (
    "kind, id, version, updated, deleted, patient_id, custodian_org, label, categories, managed_by, "
    "code, date, date_hi, tok, ref, content"
)
VERSION: Final = _COLUMNS.split(", ").index("version")
INSERT_ONE: Final = f"""
INSERT INTO emr_resource ({_COLUMNS})
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s::text[], %s, %s, %s, %s, %s::bigint[], %s::bigint[], %b)
RETURNING kind, id, pid
"""
UPSERT: Final = f"""
INSERT INTO emr_resource ({_COLUMNS})
SELECT kind, id, version, updated, deleted, patient_id, custodian_org, label, categories::text[], managed_by,
       code, date, date_hi, tok::bigint[], ref::bigint[], content
FROM unnest(%s::text[], %s::text[], %s::int[], %s::timestamptz[], %s::bool[], %s::uuid[], %s::uuid[],
            %s::smallint[], %s::text[], %s::text[], %s::bigint[], %s::timestamptz[], %s::timestamptz[],
            %s::text[], %s::text[], %b::bytea[]) AS t({_COLUMNS})
ON CONFLICT (kind, id) DO UPDATE SET
    version = EXCLUDED.version, updated = EXCLUDED.updated, deleted = EXCLUDED.deleted,
    patient_id = EXCLUDED.patient_id, custodian_org = EXCLUDED.custodian_org, label = EXCLUDED.label,
    categories = EXCLUDED.categories, managed_by = EXCLUDED.managed_by, code = EXCLUDED.code,
    date = EXCLUDED.date, date_hi = EXCLUDED.date_hi, tok = EXCLUDED.tok, ref = EXCLUDED.ref,
    content = EXCLUDED.content
WHERE emr_resource.version = EXCLUDED.version - 1
RETURNING kind, id, pid
"""

FORGET_IDENTIFIERS: Final = "DELETE FROM emr_ident WHERE pid = ANY(%s::bigint[])"
KEEP_IDENTIFIERS: Final = """
INSERT INTO emr_ident (key, kind, pid)
SELECT * FROM unnest(%b::bytea[], %s::text[], %s::bigint[]) ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class Current:
    """The locked present version of a resource."""

    kind: str
    id: str
    pid: int
    version: int
    deleted: bool
    patient: UUID | None
    custodian: UUID | None
    label: int
    categories: list[str]
    managed_by: str


def lock(keys: Sequence[Key]) -> dict[Key, Current]:
    """Lock the rows of `keys` that exist, in one order for everybody. One statement."""
    if not keys:
        return {}
    found = sql.rows(LOCK, [[kind for kind, _ in keys], [id_ for _, id_ in keys]])
    return {(row[0], row[1]): Current(*row) for row in found}


def write(drafts: Sequence[Draft], present: Mapping[Key, Current]) -> datetime:
    """Store all drafts, the superseded versions into history. At most five statements.

    `present` are the locked rows among them. Raises Conflict (409) when another transaction made one of
    the new resources first.
    """
    updated = moment()
    complete(drafts, updated)
    lines = [_line(draft, updated) for draft in drafts]
    if _is_lone(drafts) and prepared.later(INSERT_ONE, lines[0]):
        return updated
    old = [present[key] for draft in drafts if (key := (draft.kind, draft.id)) in present]
    if old:
        sql.run(SUPERSEDE, [[row.kind for row in old], [row.pid for row in old]])
    pids = _insert(lines)
    if len(pids) != len(drafts):
        raise Conflict(code="written_meanwhile")
    _keep_identifiers(drafts, pids, [row.pid for row in old])
    return updated


def _is_lone(drafts: Sequence[Draft]) -> bool:
    """One new resource, and nothing of it to store beside it that needs the number of its row."""
    return len(drafts) == 1 and drafts[0].version == 1 and not drafts[0].values.identifiers


def _insert(lines: Sequence[list[Any]]) -> dict[Key, int]:
    try:
        if len(lines) == 1 and lines[0][VERSION] == 1:
            found = sql.rows(INSERT_ONE, lines[0])
        else:
            found = sql.rows(UPSERT, [list(column) for column in zip(*lines, strict=True)])
    except IntegrityError as error:
        raise Conflict(code="written_meanwhile") from error
    return {(row[0], row[1]): row[2] for row in found}


def _line(draft: Draft, updated: datetime) -> list[Any]:
    values = draft.values
    low, high = values.date, values.date_hi
    if low and high and high < low:
        high = low
    return [
        draft.kind, draft.id, draft.version, updated, draft.resource is None, draft.patient, draft.custodian,
        draft.label, _array(map(_quoted, draft.categories)), draft.managed_by, values.code, low, high,
        _array(map(str, sorted(set(values.tok)))), _array(map(str, sorted(set(values.ref)))), draft.stored,
    ]  # fmt: skip


def _array(elements: Iterable[str]) -> str:
    """A PostgreSQL array as text: unnest would flatten inner arrays, and psycopg looks at each element twice."""
    return "{" + ",".join(elements) + "}"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _keep_identifiers(drafts: Sequence[Draft], pids: Mapping[Key, int], old: Sequence[int]) -> None:
    if old:
        sql.run(FORGET_IDENTIFIERS, [list(old)])
    keys, kinds, owners = [], [], []
    for draft in drafts:
        for key in draft.values.identifiers:
            keys.append(key)
            kinds.append(draft.kind)
            owners.append(pids[draft.kind, draft.id])
    if keys:
        sql.run(KEEP_IDENTIFIERS, [keys, kinds, owners])
