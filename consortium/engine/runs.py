"""Runs of bed codes: 3-01 … 3-20 is twenty beds."""

import re
from typing import Final

MOST: Final = 100
"""More beds in one run are a slip of the finger."""
NUMBERED: Final = re.compile(r"^(.*?)(\d+)$")


def run(first: str, last: str) -> list[str]:
    """The codes from `first` to `last`, both included; without `last` the one code. Leading zeros stay.

    Raises ValueError where the two differ in more than their last number, run backwards, or name more than MOST.
    """
    if not last or last == first:
        return [first]
    begins, ends = NUMBERED.match(first), NUMBERED.match(last)
    if begins is None or ends is None or begins[1] != ends[1]:
        raise ValueError("the codes differ before their number")
    low, high = int(begins[2]), int(ends[2])
    if not low < high < low + MOST:
        raise ValueError("a run goes up, by so many at most")
    width = len(begins[2]) if begins[2].startswith("0") or len(begins[2]) == len(ends[2]) else 1
    return [f"{begins[1]}{number:0{width}d}" for number in range(low, high + 1)]
