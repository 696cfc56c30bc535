"""Verifying the audit chain: every row recomputed, every gap named, heads held against checkpoints."""

import hmac
import multiprocessing
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import orjson
import psycopg
from django.db import connections

from kernel import checkpoint
from kernel.audit import COLUMNS, LANES, ZERO
from kernel.crypto import keys

TEXT: Final = {"id", "actor_id", "post", "organisation", "patient"}
PARALLEL_FROM: Final = 100_000
"""Rows from which a second process pays."""


def _column(name: str) -> str:
    if name in TEXT:
        return f"{name}::text"
    if name == "at":
        return "(extract(epoch FROM at) * 1000000)::bigint"
    return {"detail": "detail::text", "previous": "encode(previous, 'hex')"}.get(name, name)


ROWS: Final = f"""
SELECT {", ".join(_column(name) for name in COLUMNS)}, mac FROM kernel_auditentry
WHERE lane = %s ORDER BY sequence
"""  # noqa: S608 - constants only
HEADS: Final = "SELECT lane, sequence, encode(mac, 'hex') FROM kernel_auditlane WHERE lane %% %s = %s"
ESTIMATE: Final = (
    "SELECT greatest(reltuples, 0)::bigint FROM pg_class WHERE oid = 'kernel_auditentry'::regclass"
)
DETAIL: Final = COLUMNS.index("detail")
PREVIOUS: Final = COLUMNS.index("previous")
FORGIVEN: Final = 1000
"""Broken rows of one lane that are searched for an exchange of places."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One broken place. `kind`: changed, reordered, deleted, truncated, rewritten, head, checkpoint."""

    kind: str
    lane: int
    sequence: int
    entry: str = ""
    note: str = ""


@dataclass(slots=True)
class Result:
    """What a verification saw: rows read, checkpoints read, findings in order of lane and sequence."""

    rows: int = 0
    checkpoints: int = 0
    findings: list[Finding] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        return not self.findings


type_of_marks = dict[tuple[int, int], tuple[str, str]]


def verify() -> Result:
    """Read the whole chain as the audit user and name every row changed, moved, cut out or cut off."""
    points = list(checkpoint.read())
    marks: type_of_marks = {
        (lane, sequence): (mac, point.at)
        for point in points
        for lane, (sequence, mac) in point.heads.items()
        if point.genuine and sequence
    }
    with connections["audit"].cursor() as cursor:
        cursor.execute(ESTIMATE)
        parts = 2 if cursor.fetchone()[0] >= PARALLEL_FROM else 1
    result = Result(checkpoints=len(points))
    result.findings += [
        Finding("checkpoint", -1, point.line, note="signature or order of lines is broken")
        for point in points
        if not point.genuine
    ]
    for rows, findings in _walks(parts, marks):
        result.rows += rows
        result.findings += findings
    result.findings.sort(key=lambda found: (found.lane, found.sequence))
    return result


def _walks(parts: int, marks: type_of_marks) -> Iterator[tuple[int, list[Finding]]]:
    parameters = _parameters()
    key = keys.derived("audit", 32)
    jobs = [(parameters, key, parts, part, marks) for part in range(parts)]
    if parts == 1:
        yield _walk(*jobs[0])
        return
    # The interpreter computes SM3 of short texts on one core only, so the second core needs a second process.
    with multiprocessing.get_context("fork").Pool(parts) as pool:
        yield from pool.starmap(_walk, jobs)


def _parameters() -> dict[str, Any]:
    known = connections["audit"].get_connection_params()
    return {name: value for name, value in known.items() if name not in {"context", "cursor_factory", "pool"}}


def _walk(
    parameters: dict[str, Any], key: bytes, parts: int, part: int, marks: type_of_marks
) -> tuple[int, list[Finding]]:
    """All lanes with `lane % parts == part`, in one snapshot with their heads."""
    with psycopg.connect(**parameters) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        heads = {row[0]: (row[1], row[2]) for row in connection.execute(HEADS, [parts, part])}
        lanes = [Lane(number, key, marks) for number in range(LANES) if number % parts == part]
        rows = 0
        for lane in lanes:
            with connection.cursor(name="chain") as cursor:
                cursor.itersize = 5000
                cursor.execute(ROWS, [lane.number])
                for row in cursor:
                    lane.see(row)
                    rows += 1
            lane.finish(heads.get(lane.number))
    return rows, [finding for lane in lanes for finding in lane.findings]


class Lane:
    """The walk along one lane, row by row in order of sequence."""

    def __init__(self, number: int, key: bytes, marks: type_of_marks) -> None:
        self.number, self.key = number, key
        self.marks = {sequence: mark for (lane, sequence), mark in marks.items() if lane == number}
        self.sequence, self.mac = 0, ZERO.hex()
        self.findings: list[Finding] = []
        self.broken: list[tuple[Any, ...]] = []

    def see(self, row: tuple[Any, ...]) -> None:
        """One row of ROWS."""
        sequence, mac = row[1], row[-1]
        intact = hmac.digest(self.key, plain(row), "sm3") == mac
        if sequence != self.sequence + 1:
            self._gap(sequence - 1, "deleted")
        elif intact and row[PREVIOUS] != self.mac:
            self._found("rewritten", row, "does not follow the row before it")
        if not intact:
            self.broken.append(row)
        mark = self.marks.get(sequence) if self.marks else None
        if mark and mark[0] != mac.hex():
            self._found("rewritten", row, f"differs from the checkpoint of {mark[1]}")
        self.sequence, self.mac = sequence, mac.hex()

    def finish(self, head: tuple[int, str] | None) -> None:
        """After the last row: the end of the lane and the rows whose MAC did not fit."""
        end = max([head[0] if head else 0, *self.marks])
        last, mac = self.sequence, self.mac
        if end > last:
            self._gap(end, "truncated")
        if head is None or head[0] < last or (head[0] == last and head[1] != mac and (last or head[1])):
            self.findings.append(Finding("head", self.number, last, note="the head of the lane was changed"))
        places = [row[1] for row in self.broken[:FORGIVEN]]
        for row in self.broken:
            origin = self._origin(row, places)
            note = f"was written as {origin}" if origin else ""
            self._found("reordered" if origin else "changed", row, note)

    def _origin(self, row: tuple[Any, ...], places: list[int]) -> int:
        """The place at which this row's MAC would be right; 0 when there is none."""
        if len(places) > FORGIVEN:
            return 0
        for place in places:
            moved = (row[0], place, *row[2:])
            if hmac.digest(self.key, plain(moved), "sm3") == row[-1]:
                return place
        return 0

    def _gap(self, until: int, kind: str) -> None:
        note = f"rows {self.sequence + 1} to {until} are missing"
        self.findings.append(Finding(kind, self.number, self.sequence + 1, note=note))

    def _found(self, kind: str, row: tuple[Any, ...], note: str) -> None:
        self.findings.append(Finding(kind, self.number, row[1], str(row[2]), note))


def plain(row: tuple[Any, ...]) -> bytes:
    """The canonical form of a row of ROWS; equal to `audit.canonical` of the row as it was written."""
    detail = row[DETAIL]
    columns = list(row[:-1])
    columns[DETAIL] = {} if detail == "{}" else orjson.loads(detail)
    return orjson.dumps(columns, option=orjson.OPT_SORT_KEYS)
