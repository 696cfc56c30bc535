"""Writes down how each test ended, for the evidence pack (`manage.py protection report`).

Loaded by `-p tests.outcomes` before the services of the tests get a data folder of their own. A part of the
suite that runs alone adds to what is known of the rest. What tests do without a control (`--without`) is no evidence.
"""

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from config.local.places import ROOT
from config.protection.evidence import FILE

TARGET = Path(os.environ.get("LIANYI_DATA") or ROOT / "var") / FILE
IS_WORKER = "PYTEST_XDIST_WORKER" in os.environ
ENDED: dict[str, str] = {}


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.when == "call" or report.outcome != "passed":
        name = report.nodeid.partition("@")[0]  # xdist adds the group
        ENDED[name] = report.outcome if report.when == "call" or report.skipped else "error"


def pytest_sessionfinish() -> None:
    if IS_WORKER or not ENDED or os.environ.get("LIANYI_WITHOUT"):
        return
    known = json.loads(TARGET.read_text())["tests"] if TARGET.exists() else {}
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    content = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "tests": {**known, **ENDED}}
    TARGET.write_text(json.dumps(content, indent=0, sort_keys=True))
