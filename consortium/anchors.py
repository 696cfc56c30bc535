"""What keeps a department or a bed open: each app names what of its own hangs there, in `ready()`.

    services.anchor(Place.DEPARTMENT, count_open_legs)

`count(pk)` says in sentences what still hangs on the place now, and nothing where it may close. It is asked with the
place locked (FOR UPDATE): what was written before is counted, what comes after meets the database's own guard.
"""

from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import Final, TypeAlias
from uuid import UUID

from kernel.errors import Text


class Place(StrEnum):
    """Places that close."""

    DEPARTMENT = "department"
    BED = "bed"


Asked: TypeAlias = Callable[[UUID], Iterable[Text]]

ANCHORS: Final[dict[Place, dict[str, Asked]]] = {place: {} for place in Place}


def anchor(place: Place, ask: Asked) -> None:
    """Name what keeps places of this kind open; the same function again replaces itself (a reload)."""
    ANCHORS[place][f"{ask.__module__}.{ask.__qualname__}"] = ask


def hanging(place: Place, pk: UUID) -> list[Text]:
    """Everything that still hangs on the place, a sentence each."""
    return [words for ask in ANCHORS[place].values() for words in ask(pk)]
