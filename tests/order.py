"""Which test begins when, and beside whom: only where several workers share a run.

Loaded by `-p tests.order`. A test says with `slow(seconds)` how long it takes: the longest begin first, so that none is
left over when the others are done. Tests of a module that share something made once for it (a running house, a
browser) stay on one worker, or each worker would make its own; `xdist_group` says it otherwise. The workers arrange
what they collect and write down what stays together; the controlling process hands it out in that order.
"""

import json
import os
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from xdist.remote import Producer
from xdist.scheduler.loadscope import LoadScopeScheduling

from tests.plugin import STAND, WORKER

UNSAID = 10.0
"""Seconds of a test that says it is slow and not how much."""
SHARED = 3.0
"""Seconds counted for any other test of those that stay together: mostly a browser's."""
MOST = 15
"""Workers at the most: each empties a database of Valkey, which has sixteen, and the first is the command line's."""


def seconds(item: pytest.Item) -> float:
    """What the test says of itself; 0 for the many that are short."""
    mark = item.get_closest_marker("slow")
    if mark is None:
        return 0.0
    return float(mark.args[0]) if mark.args else UNSAID


def shares(item: pytest.Item) -> bool:
    """Whether the test uses something that is made once for its module."""
    known = getattr(item, "_fixtureinfo", None)
    definitions = known.name2fixturedefs.values() if known else ()
    return any(each[-1].scope == "module" for each in definitions)


def unit_of(item: pytest.Item) -> str:
    """The name of what stays on one worker with the test: its group's, or its own."""
    mark = item.get_closest_marker("xdist_group")
    return str(mark.args[0]) if mark else item.nodeid


def module_of(item: pytest.Item) -> str:
    return item.nodeid.partition("::")[0]


def arrange(items: list[pytest.Item]) -> dict[str, str]:
    """The module of the longest unit first, its units one behind the other: what they share stands until the last.

    Returns the unit of every test that is not alone in its own.
    """
    units: dict[str, float] = defaultdict(float)
    for item in items:
        if item.get_closest_marker("xdist_group") is None and shares(item):
            item.add_marker(pytest.mark.xdist_group(module_of(item)))
        units[unit_of(item)] += seconds(item) or (SHARED if unit_of(item) != item.nodeid else 0.0)
    modules: dict[str, float] = defaultdict(float)
    for item in items:
        modules[module_of(item)] = max(modules[module_of(item)], units[unit_of(item)])
    items.sort(
        key=lambda item: (-modules[module_of(item)], module_of(item) if modules[module_of(item)] else "")
    )
    return {item.nodeid: unit_of(item) for item in items if unit_of(item) != item.nodeid}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if hasattr(config, "workerinput"):
        together = arrange(items)
        draft = _plan().with_name(f"together-{WORKER}")
        draft.write_text(json.dumps(together))
        draft.replace(_plan())  # every worker writes the same


def _plan() -> Path:
    return Path(os.environ[STAND]) / "together.json"


class InOrder(LoadScopeScheduling):
    """Units in the order of the collection, each to the next worker that is free."""

    def __init__(self, config: pytest.Config, log: Producer | None = None) -> None:
        super().__init__(config, log)
        config.option.loadscopereorder = False
        self.together: dict[str, str] | None = None

    def _split_scope(self, nodeid: str) -> str:
        if self.together is None:
            self.together = json.loads(_plan().read_text())
        return self.together.get(nodeid, nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Any:
    return InOrder(config, log)


@pytest.hookimpl(optionalhook=True, tryfirst=True)
def pytest_xdist_auto_num_workers() -> int:
    """Half as many again as there are cores: tests wait, for browsers, processes and databases."""
    cores = len(os.sched_getaffinity(0))
    return min(MOST, cores + cores // 2)
