"""The rail's numbers, kept a minute in this process: a hint that costs no query, never the truth.

Not in Redis: a page must stand when the broker does not.
"""

from collections import OrderedDict
from collections.abc import Mapping
from time import monotonic
from typing import Final, TypeAlias
from uuid import UUID

from kernel.actor import Actor
from portal import nav
from portal.selectors import Desk

SECONDS: Final = 60
AT_MOST: Final = 2000

Counts: TypeAlias = Mapping[str, tuple[int, bool]]
_kept: OrderedDict[UUID, tuple[float, Counts]] = OrderedDict()


def keep(*, by: Actor, desk: Desk) -> Counts:
    """Remembers what a fresh look at the desk told."""
    told = nav.tally(desk.parts)
    if by.post:
        _kept[by.post] = (monotonic(), told)
        _kept.move_to_end(by.post)
        while len(_kept) > AT_MOST:
            _kept.popitem(last=False)
    return told


def known(*, by: Actor) -> Counts:
    """What the last look told, if it is younger than a minute; else nothing."""
    at, told = _kept.get(by.post, (0.0, {})) if by.post else (0.0, {})
    return told if monotonic() - at < SECONDS else {}
