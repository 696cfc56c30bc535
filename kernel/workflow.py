"""A workflow is a dict {(state, event): step} and one `move()`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from django.utils.translation import gettext_lazy as _

from kernel.errors import Conflict


class Moving(Protocol):
    """A row with a state and a version that grows with every move."""

    status: Any
    version: Any


@dataclass(frozen=True, slots=True)
class Step:
    """Where an event leads. Further columns (role, side, needs) belong to the app that draws the table."""

    to: str


S = TypeVar("S", bound=Step)


def move(
    row: Moving,
    event: str,
    table: Mapping[tuple[Any, Any], S],
    *,
    version: int | None = None,
) -> S:
    """Move `row` along `table` and return the step taken.

    Raises Conflict (409) when the row has another version than the caller saw, or the event does not
    exist in its state. The caller holds the row lock and saves `status` and `version`.
    """
    if version is not None and row.version != version:
        raise Conflict(
            code="version_conflict",
            detail={"version": row.version, "status": row.status},
        )
    step = table.get((row.status, event))
    if step is None:
        raise Conflict(
            _("In its present state this step is not possible."),
            code="illegal_step",
            detail={"status": row.status, "event": str(event)},
        )
    row.status = step.to
    row.version += 1
    return step
