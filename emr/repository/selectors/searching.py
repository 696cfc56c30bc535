"""Runs a planned search under `visible()`: one page by keyset, its includes, its total when asked."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from emr.access import selectors as access
from emr.repository import policies, sealing, sql
from emr.repository.choices import Interaction
from emr.repository.engine import jsonio
from emr.repository.engine.extract import at, local_reference
from emr.repository.engine.params import PARAMS, PATIENT_AT, PATIENT_DEFAULT, patient_params
from emr.repository.engine.planner import Plan, plan
from emr.repository.engine.query import Query
from emr.repository.selectors.rows import ROW, Row, literal, rows_of
from kernel import clock
from kernel.actor import Actor

Cursor = tuple[str | None, int]
"""Sort value (the moment as PostgreSQL writes it, or the id) and pid of the last row of the page before.

A moment stays text on its way out and back: PostgreSQL keeps years that Python has not, and rows from before
`engine.dates.in_record` may lie there.
"""

MOST_INCLUDED: Final = 500
_OUT: Final = ROW.replace("r.", "u.")
_KEYS: Final = {"": "NULL::timestamptz", "date": "r.date", "_lastUpdated": "r.updated", "_id": "r.id"}


@dataclass(frozen=True, slots=True)
class Page:
    """Matches in order, what they include, the cursor of the next page and the total when asked."""

    matches: list[Row]
    included: list[Row]
    next: Cursor | None = None
    total: int | None = None


def search(*, by: Actor, query: Query, after: Cursor | None = None) -> Page:
    """One page of the resources `by` may see. Raises NotAsked. One statement, one more for includes or total."""
    planned = plan(query, sealing.hasher(query.kind), clock.now())
    total = _total(by, query, planned) if query.total else None
    if query.count == 0:
        return Page([], [], None, total)
    found = _rows(by, query, planned, after)
    more = len(found) > query.count
    found = found[: query.count]
    matches = [Row.of(row) for row in found]
    cursor = _cursor(found[-1]) if more else None
    return Page(matches, _included(by, query, matches), cursor, total)


def _cursor(row: tuple[Any, ...]) -> Cursor:
    return row[8], row[9]


def _base(by: Actor, query: Query, planned: Plan) -> tuple[str, list[Any]]:
    visible, seen = access.visible("r", by)
    conditions = [f"r.kind = {literal(query.kind)}", "NOT r.deleted", *planned.where, visible]
    return " AND ".join(conditions), [*planned.parameters, *seen]


def _branches(planned: Plan) -> list[tuple[str, list[Any]]]:
    """Extra condition of each ordered branch: the only code stands in its column, others among the tokens."""
    if planned.code is None:
        return [("TRUE", [])]
    return [
        ("r.code = %s", [planned.code]),
        ("r.code IS NULL AND r.tok && %s::bigint[]", [[planned.code_token]]),
    ]


def _rows(by: Actor, query: Query, planned: Plan, after: Cursor | None) -> list[tuple[Any, ...]]:
    where, values = _base(by, query, planned)
    key, way = _KEYS[query.sort], "DESC" if query.descending else "ASC"
    beyond, last = _beyond(query, after)
    order = f"u.key {way} NULLS LAST, u.pid {way}" if query.sort else f"u.pid {way}"
    inner = f"{key} {way} NULLS LAST, r.pid {way}" if query.sort else f"r.pid {way}"
    parts, parameters = [], []
    for condition, more in _branches(planned):
        parts.append(
            f"(SELECT {ROW}, {key} AS key, r.pid FROM emr_resource r WHERE {where} AND {condition} {beyond} "
            f"ORDER BY {inner} LIMIT {query.count + 1})"
        )
        parameters += [*values, *more, *last]
    found = f"SELECT {_OUT}, u.key::text, u.pid FROM ({' UNION ALL '.join(parts)}) u"
    return sql.rows(f"{found} ORDER BY {order} LIMIT {query.count + 1}", parameters)


def _beyond(query: Query, after: Cursor | None) -> tuple[str, list[Any]]:
    """The rows after the last one of the page before, in the sort's own order."""
    if after is None:
        return "", []
    key, pid = after
    sign = "<" if query.descending else ">"
    if not query.sort:
        return f"AND r.pid {sign} %s", [pid]
    column = _KEYS[query.sort]
    if key is None:
        return f"AND {column} IS NULL AND r.pid {sign} %s", [pid]
    last = "%s" if query.sort == "_id" else "%s::text::timestamptz"
    return (
        f"AND ({column} {sign} {last} OR {column} IS NULL OR ({column} = {last} AND r.pid {sign} %s))",
        [key, key, pid],
    )


def _total(by: Actor, query: Query, planned: Plan) -> int:
    where, values = _base(by, query, planned)
    condition, more = "TRUE", []
    if planned.code is not None:
        condition, more = "r.tok && %s::bigint[]", [[planned.code_token]]
    found = sql.one(f"SELECT count(*) FROM emr_resource r WHERE {where} AND {condition}", [*values, *more])
    return int(found[0]) if found else 0


def _included(by: Actor, query: Query, matches: list[Row]) -> list[Row]:
    if not query.includes or not matches:
        return []
    paths = list(_include_paths(query))
    own = {(row.kind, row.id) for row in matches}
    wanted: dict[tuple[str, str], None] = {}
    for row in matches:
        resource = jsonio.plain(row.content)
        for path in paths:
            targets = filter(None, map(local_reference, at(resource, path)))
            wanted.update(dict.fromkeys(target for target in targets if target not in own))
    keys = [key for key in wanted if policies.may(by, Interaction.READ, key[0])]
    return rows_of(by=by, keys=keys[:MOST_INCLUDED])


def _include_paths(query: Query) -> Iterable[tuple[str, ...]]:
    params = PARAMS.get(query.kind, {})
    patients = PATIENT_AT.get(query.kind, PATIENT_DEFAULT)
    for name in query.includes:
        if name == "*":
            yield from (param.path for param in params.values() if param.type == "reference")
            yield from patients
        elif name in patient_params(query.kind):
            yield from patients
        else:
            yield params[name].path
