"""The walk along the lanes of the audit chain: pure computing over rows, in a process of its own.

`python -m kernel.chain.lanes` takes one order on standard input and answers line by line as JSON: how far it is, and at
the end what it found. No Django here: two such processes use two cores whoever asked, a thread of the web
server or the command line.
"""

import hmac
import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

import orjson
import psycopg

LANES: Final = 64
ZERO: Final = bytes(32)
COLUMNS: Final = (
    "lane", "sequence", "id", "at", "actor_kind", "actor_name", "actor_id", "post", "organisation", "roles",
    "session", "address", "purpose", "action", "outcome", "subject_kind", "subject_id", "patient", "detail",
    "previous",
)  # fmt: skip
"""Every column the MAC covers, in the order it covers them."""

TEXT: Final = {"id", "actor_id", "post", "organisation", "patient"}


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
DETAIL: Final = COLUMNS.index("detail")
PREVIOUS: Final = COLUMNS.index("previous")
AT: Final = COLUMNS.index("at")
FORGIVEN: Final = 1000
"""Broken rows of one lane that are searched for an exchange of places."""
TOLD_EVERY: Final = 20_000
MICROSECONDS: Final = 1_000_000

Marks = Mapping[int, tuple[str, str]]
"""Sequence -> (MAC in hex, when the checkpoint was made) of one lane."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One broken place. `kind`: changed, reordered, deleted, truncated, rewritten, head, checkpoint, closing.

    `at` is the time the row bears, in seconds since 1970; 0 where no row is left to bear one.
    """

    kind: str
    lane: int
    sequence: int
    entry: str = ""
    note: str = ""
    at: float = 0


class Lane:
    """The walk along one lane, row by row in order of sequence, from where the last closed month ended."""

    def __init__(self, number: int, key: bytes, marks: Marks, start: tuple[int, str] | None = None) -> None:
        self.number, self.key, self.marks = number, key, marks
        self.sequence, self.mac = start or (0, ZERO.hex())
        self.closed = self.sequence
        self.findings: list[Finding] = []
        self.broken: list[tuple[Any, ...]] = []

    def see(self, row: tuple[Any, ...]) -> None:
        """One row of ROWS."""
        sequence, mac = row[1], row[-1]
        intact = hmac.digest(self.key, plain(row), "sm3") == mac
        if not intact:
            self.broken.append(row)
        if (
            sequence <= self.closed
        ):  # two clocks at a turn of the month: the row lies after a month already closed
            return
        if sequence != self.sequence + 1:
            self._gap(sequence - 1, "deleted")
        elif intact and row[PREVIOUS] != self.mac:
            self._found("rewritten", row, "does not follow the row before it")
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
        self.findings.append(Finding(kind, self.number, row[1], str(row[2]), note, row[AT] / MICROSECONDS))


def plain(row: tuple[Any, ...]) -> bytes:
    """The canonical form of a row of ROWS; equal to `appending.canonical` of the row as it was written."""
    detail = row[DETAIL]
    columns = list(row[:-1])
    columns[DETAIL] = {} if detail == "{}" else orjson.loads(detail)
    return orjson.dumps(columns, option=orjson.OPT_SORT_KEYS)


@dataclass(frozen=True, slots=True)
class Order:
    """What one process walks: all lanes with `lane % parts == part`. Goes over a pipe, never into an argument."""

    parameters: dict[str, Any]
    key: str
    parts: int
    part: int
    marks: dict[str, dict[str, tuple[str, str]]]
    starts: dict[str, tuple[int, str]]


def walk(order: Order, tell: Callable[[int], None]) -> tuple[int, list[Finding]]:
    """Rows read and what was found, in one snapshot with the heads of the lanes; `tell` hears of progress."""
    rows = 0
    findings: list[Finding] = []
    with psycopg.connect(**order.parameters) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        heads = {row[0]: (row[1], row[2]) for row in connection.execute(HEADS, [order.parts, order.part])}
        for number in range(order.part, LANES, order.parts):
            lane = _lane(order, number)
            with connection.cursor(name="chain") as cursor:
                cursor.itersize = 5000
                cursor.execute(ROWS, [number])
                for row in cursor:
                    lane.see(row)
                    rows += 1
                    if rows % TOLD_EVERY == 0:
                        tell(rows)
            lane.finish(heads.get(number))
            findings += lane.findings
    return rows, findings


def _lane(order: Order, number: int) -> Lane:
    marks = {int(sequence): (mac, at) for sequence, (mac, at) in order.marks.get(str(number), {}).items()}
    start = order.starts.get(str(number))
    return Lane(number, bytes.fromhex(order.key), marks, (start[0], start[1]) if start else None)


def main() -> None:
    """One order in, lines of JSON out."""

    def say(**words: Any) -> None:
        sys.stdout.write(json.dumps(words) + "\n")
        sys.stdout.flush()

    rows, findings = walk(Order(**orjson.loads(sys.stdin.buffer.read())), lambda done: say(rows=done))
    say(rows=rows, findings=[asdict(found) for found in findings])


if __name__ == "__main__":
    main()
