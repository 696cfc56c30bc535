"""Verifying the audit chain: every row recomputed, every gap named, heads held against signed checkpoints."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

import orjson
from django.db import connections

from kernel import alarms
from kernel.actor import Actor
from kernel.chain import checkpoint, closings
from kernel.chain.lanes import Finding, Order, walk
from kernel.crypto import keys

PARALLEL_FROM: Final = 50_000
"""Rows from which processes of their own pay."""
HOUSE: Final = Path(__file__).resolve().parents[2]
ESTIMATE: Final = """
SELECT coalesce(sum(greatest(reltuples, 0)), 0)::bigint FROM pg_class
WHERE oid IN (SELECT inhrelid FROM pg_inherits WHERE inhparent = 'kernel_auditentry'::regclass)
"""

Tell = Callable[[int], None]


@dataclass(slots=True)
class Result:
    """What a verification saw: rows read, checkpoints read, findings in order of lane and sequence."""

    rows: int = 0
    checkpoints: int = 0
    findings: list[Finding] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        return not self.findings


class Broken(Exception):
    """A process that walks the chain ended with an error; its message is what it said."""


def verify(tell: Tell = lambda rows: None) -> Result:
    """Read the whole chain as the audit user and name every row changed, moved, cut out or cut off.

    `tell` hears how many rows were read so far.
    """
    points = list(checkpoint.read())
    starts, doubts = closings.starts()
    orders = _orders(points, starts)
    result = Result(checkpoints=len(points))
    result.findings += [
        Finding("checkpoint", -1, point.line, note=point.note) for point in points if not point.genuine
    ]
    result.findings += [*checkpoint.differences(), *doubts]
    walked = [walk(orders[0], tell)] if len(orders) == 1 else _apart(orders, tell)
    for rows, findings in walked:
        result.rows += rows
        result.findings += findings
    result.findings.sort(key=lambda found: (found.lane, found.sequence))
    return result


def alarm(by: Actor, result: Result) -> None:
    """Raise the alarm that the chain is broken: what was found first, and how much."""
    first = result.findings[0]
    detail: dict[str, str | int | bool] = {
        "kind": first.kind,
        "lane": first.lane,
        "sequence": first.sequence,
        "places": len(result.findings),
    }
    alarms.alarm("kernel.chain_broken", by=by, level=3, detail=detail)


def expected() -> int:
    """About how many rows there are, from the planner's statistics; 0 when it has none."""
    with connections["audit"].cursor() as cursor:
        cursor.execute(ESTIMATE)
        return int(cursor.fetchone()[0])


def _orders(points: list[checkpoint.Checkpoint], starts: dict[int, tuple[int, str]]) -> list[Order]:
    marks: dict[str, dict[str, tuple[str, str]]] = {}
    for point in points:
        for lane, (sequence, mac) in point.heads.items() if point.genuine else ():
            if sequence and sequence >= starts.get(lane, (0, ""))[0]:
                marks.setdefault(str(lane), {})[str(sequence)] = (mac, point.at)
    parts = 2 if expected() >= PARALLEL_FROM else 1
    known = connections["audit"].get_connection_params()
    parameters = {name: value for name, value in known.items() if isinstance(value, str | int)}
    first = {str(lane): start for lane, start in starts.items()}
    key = keys.derived("audit", 32).hex()
    return [Order(parameters, key, parts, part, marks, first) for part in range(parts)]


def _apart(orders: list[Order], tell: Tell) -> list[tuple[int, list[Finding]]]:
    """Each order in a process of its own: SM3 of short texts keeps one core per interpreter busy."""
    done: list[dict[str, Any]] = [{} for _order in orders]
    far = [0] * len(orders)

    def run(place: int) -> None:
        with _process() as process:
            process.stdin.write(orjson.dumps(asdict(orders[place])))
            process.stdin.close()
            for line in process.stdout:
                done[place] = orjson.loads(line)
                far[place] = done[place]["rows"]
            done[place]["failed"] = process.wait()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(orders))]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        tell(sum(far))
        threads[0].join(0.5) if threads[0].is_alive() else threads[-1].join(0.5)
    if any(part.get("failed") or "findings" not in part for part in done):
        raise Broken("a process that verifies the audit chain failed; its words stand on standard error")
    return [(part["rows"], [Finding(**words) for words in part["findings"]]) for part in done]


def _process() -> Any:
    command = [sys.executable, "-m", "kernel.chain.lanes"]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=HOUSE, env=os.environ, stdin=pipe, stdout=pipe)  # noqa: S603 - our own module
