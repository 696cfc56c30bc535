"""`pytest --without SWITCH`: the named tests with one control switched off.

A run like this writes nothing into the evidence of the suite. It ends with the first test that notices, which means:
fails in its own body by an assertion, not by an import, a fixture or any other error.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from tests.controls import off

REPORT: Final = "LIANYI_WITHOUT_REPORT"
"""Environment variable: the file that `script/controls` reads."""
NOTICED: Final = (AssertionError, pytest.fail.Exception)


class Watcher:
    """What each test did: "passed", "noticed" (its assertion failed), or "broke" (anything else)."""

    def __init__(self) -> None:
        self.did: dict[str, tuple[str, str]] = {}

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
        report: Any = yield  # type: ignore[misc]  # pluggy hands the report in here
        if report.failed:
            noticed = call.when == "call" and call.excinfo is not None and call.excinfo.errisinstance(NOTICED)
            words = str(call.excinfo.value).strip().partition("\n")[0] if call.excinfo else ""
            self.did[item.nodeid] = ("noticed" if noticed else "broke", words[:200])
            if noticed and off.chosen():
                item.session.shouldstop = "the missing control was noticed"
        elif report.when == "call":
            self.did.setdefault(item.nodeid, (report.outcome, ""))
        return report

    def pytest_sessionfinish(self) -> None:
        if path := os.environ.get(REPORT):
            Path(path).write_text(json.dumps(self.did))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--without", metavar="SWITCH", default="", help="switch one control off (tests/controls)"
    )


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Iterator[None]:
    """Before Django is set up, which imports what a switch changes."""
    name = early_config.known_args_namespace.without
    if name:
        if name not in off.BY_NAME:
            raise pytest.UsageError(f"no control is called {name}")
        os.environ |= off.environment(name)
        off.apply()
    return (yield)


def pytest_configure(config: pytest.Config) -> None:
    if off.chosen() or os.environ.get(REPORT):
        config.pluginmanager.register(Watcher())
