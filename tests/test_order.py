"""How a run of several workers is arranged."""

from types import SimpleNamespace
from typing import Any

import pytest

from tests import order


class Test:
    """As much of a collected test as is asked for."""

    __test__ = False

    def __init__(self, nodeid: str, *marks: Any, made_once: bool = False) -> None:
        self.nodeid, self.marks = nodeid, [mark.mark for mark in marks]
        scope = "module" if made_once else "function"
        self._fixtureinfo = SimpleNamespace(name2fixturedefs={"live": [SimpleNamespace(scope=scope)]})

    def get_closest_marker(self, name: str) -> Any:
        return next((mark for mark in self.marks if mark.name == name), None)

    def add_marker(self, mark: Any) -> None:
        self.marks.append(mark.mark)


def test_the_longest_begin_first_and_what_shares_a_house_stays_together():
    tests = [
        Test("a.py::short"),
        Test("b.py::in_a_browser", made_once=True),
        Test("c.py::long", pytest.mark.slow(60)),
        Test("d.py::part", pytest.mark.slow(50), pytest.mark.xdist_group("one"), made_once=True),
        Test("b.py::in_the_same", made_once=True),
        Test("d.py::other part", pytest.mark.slow(90), pytest.mark.xdist_group("two"), made_once=True),
        Test("e.py::short"),
    ]

    together = order.arrange(tests)

    assert [test.nodeid for test in tests] == [
        "d.py::part", "d.py::other part", "c.py::long", "b.py::in_a_browser", "b.py::in_the_same", "a.py::short",
        "e.py::short",
    ]  # fmt: skip
    assert together == {
        "d.py::part": "one", "d.py::other part": "two", "b.py::in_a_browser": "b.py", "b.py::in_the_same": "b.py",
    }  # fmt: skip
