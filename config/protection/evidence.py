"""What the tests of a clause gave when they last ran."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from config.protection.clauses import Clause
from kernel.conf import data_folder

FILE: Final = "protection/results.json"
"""Below the data folder: {"at", "tests": {node id: outcome}}, written by the suite when it ends."""
CONTROLS: Final = "protection/controls.json"
"""Beside it, written by `script/controls`: for each control that was switched off, the test that noticed."""


class Result(StrEnum):
    PASS = "pass"  # noqa: S105  an outcome, no password
    PARTIAL = "partial"
    OUTSIDE = "outside"


@dataclass(frozen=True, slots=True)
class Line:
    """One clause as the pack shows it."""

    clause: Clause
    result: Result
    gap: str
    outcomes: Mapping[str, str]

    def as_json(self) -> dict[str, Any]:
        """{clause, control, code, test, result, gap}, as the assessor's tools read it."""
        return {
            "clause": self.clause.number,
            "control": self.clause.control,
            "code": list(self.clause.code),
            "test": [{"id": name, "outcome": outcome} for name, outcome in self.outcomes.items()],
            "result": self.result.value,
            "gap": self.gap,
        }


def last_results(path: Path | None = None) -> dict[str, str]:
    """Outcome of each test by node id; empty where the suite has not run."""
    path = path or data_folder() / FILE
    if not path.exists():
        return {}
    found: dict[str, str] = json.loads(path.read_text())["tests"]
    return found


def line(clause: Clause, results: Mapping[str, str]) -> Line:
    """A clause passes when all of its tests ran and passed and nothing of it is known to be missing."""
    outcomes = {name: _outcome(name, results) for name in clause.tests}
    if clause.outside:
        return Line(clause, Result.OUTSIDE, str(clause.gap), outcomes)
    bad = sorted(name for name, outcome in outcomes.items() if outcome != "passed")
    gap = str(clause.gap) or "; ".join(f"{name}: {outcomes[name]}" for name in bad)
    return Line(clause, Result.PARTIAL if gap else Result.PASS, gap, outcomes)


def _outcome(name: str, results: Mapping[str, str]) -> str:
    """The worst outcome of a test or of all tests of a file: `name` is a node id without parameters, or a file."""
    given = {
        outcome
        for node, outcome in results.items()
        if node == name or node.startswith((f"{name}[", f"{name}::"))
    }
    for worst in ("failed", "error", "passed", "skipped"):
        if worst in given:
            return worst
    return "not run here"
