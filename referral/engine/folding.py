"""What rang every minute is told in two lines, not in thirty."""

from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from typing import TypeVar

Row = TypeVar("Row")


def folded(rows: Iterable[Row], rings: Callable[[Row], object]) -> Iterator[tuple[Row, int]]:
    """The rows, with for how many each stands. Of rows in a run for which `rings` answers the same (and anything but
    None) the first stands for itself and the last for all after the first."""
    for ring, run in groupby(rows, key=rings):
        found = list(run)
        if ring is None or len(found) < 3:
            yield from ((row, 1) for row in found)
        else:
            yield found[0], 1
            yield found[-1], len(found) - 1
