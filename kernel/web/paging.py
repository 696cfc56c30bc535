"""Long lists in parts: newest first, the id of the last row as the cursor. Ids sort by time of birth."""

from dataclasses import dataclass
from typing import Final, Generic, TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet

PAGE: Final = 50

M = TypeVar("M", bound=Model)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One part of a list; `next` is the cursor of the part behind it, "" on the last."""

    items: list[T]
    next: str = ""


def newest(rows: QuerySet[M], after: UUID | None, size: int = PAGE) -> Page[M]:
    """The part of `rows` behind `after`, one statement. `rows` come from a policy."""
    rest = rows.filter(pk__lt=after) if after else rows
    found = list(rest.order_by("-pk")[: size + 1])
    return Page(found[:size], str(found[size - 1].pk) if len(found) > size else "")
