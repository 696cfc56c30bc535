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
class Switched:
    """One control that was switched off on purpose: `noticed_by` is the test that failed then, "" for none."""

    off: str
    noticed_by: str
    at: str


@dataclass(frozen=True, slots=True)
class Line:
    """One clause as the pack shows it."""

    clause: Clause
    result: Result
    gap: str
    outcomes: Mapping[str, str]
    switched: tuple["Switched", ...] = ()
    """What was switched off on purpose, and which test noticed; empty where `script/controls` has not run."""

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


def last_switched(path: Path | None = None) -> dict[str, tuple[Switched, ...]]:
    """What `script/controls` found when it last ran, by clause."""
    path = path or data_folder() / CONTROLS
    found: dict[str, tuple[Switched, ...]] = {}
    for one in json.loads(path.read_text()) if path.exists() else []:
        seen = Switched(one["off"], one["noticed_by"], one["at"][:10])
        found[one["clause"]] = (*found.get(one["clause"], ()), seen)
    return found


def line(clause: Clause, results: Mapping[str, str], switched: tuple[Switched, ...] = ()) -> Line:
    """A clause passes when all of its tests ran and passed and nothing of it is known to be missing.

    A control that could be switched off unnoticed is something missing.
    """
    outcomes = {name: _outcome(name, results) for name in clause.tests}
    if clause.outside:
        return Line(clause, Result.OUTSIDE, str(clause.gap), outcomes)
    bad = [f"{name}: {outcome}" for name, outcome in sorted(outcomes.items()) if outcome != "passed"]
    bad += [f"unnoticed: {one.off}" for one in switched if not one.noticed_by]
    gap = str(clause.gap) or "; ".join(bad)
    return Line(clause, Result.PARTIAL if gap else Result.PASS, gap, outcomes, switched)


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
