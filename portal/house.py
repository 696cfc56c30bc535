"""What every page says of the house: the county's name for itself, and the telephone of the help desk."""

from dataclasses import dataclass
from time import monotonic
from typing import Final

import consortium.selectors
from consortium.choices import OrganisationKind

EVERY_SECONDS: Final = 3600


@dataclass(frozen=True, slots=True)
class House:
    """Its county, and the help desk's telephone; "" where none is known."""

    place: str = ""
    telephone: str = ""


class _Memory:
    """What was read last, by this process, and in which hour."""

    def __init__(self) -> None:
        self.hour = -1
        self.house = House()


_MEMORY: Final = _Memory()


def house() -> House:
    """Read once an hour: the consortium's office stands over all."""
    hour = int(monotonic() // EVERY_SECONDS)
    if _MEMORY.hour != hour:
        _MEMORY.house = _read()
        _MEMORY.hour = hour
    return _MEMORY.house


def last_known() -> House:
    """What was read last: for a page that may not ask the database. Empty in a process that never could."""
    return _MEMORY.house


def _read() -> House:
    kind = OrganisationKind.CONSORTIUM_OFFICE
    offices = [one.name for one in consortium.selectors.all_organisations() if one.kind == kind]
    return House(
        offices[0].removesuffix("办公室") if offices else "",
        consortium.selectors.help_desk(),
    )
