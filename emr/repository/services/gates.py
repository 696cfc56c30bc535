"""Kinds whose truth lies in another room: a Patient sent to /fhir/ is a registration at the index.

The room above registers its gate at start (`emr.index.handlers`), so that no arrow points up.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from kernel.actor import Actor
from kernel.errors import Unavailable


class Kept(NamedTuple):
    """Where the room above keeps what was sent: the id of its record, and the institution whose record it is."""

    id: UUID
    home: UUID


Gate = Callable[[Actor, Mapping[str, Any], UUID | None], Kept]
"""(actor, resource, id of the record to change or None for a new one) -> the record."""

_GATES: Final[dict[str, Gate]] = {}


def register(kind: str, gate: Gate) -> None:
    """Let `gate` take every write of `kind`."""
    _GATES[kind] = gate


def pass_through(by: Actor, resource: Mapping[str, Any], id_: UUID | None) -> Kept:
    """Hand a resource to the room that owns it; answers where it is kept there."""
    gate = _GATES.get(resource["resourceType"])
    if gate is None:
        raise Unavailable(_("This kind of resource is not taken in at present."), code="no_gate")
    return gate(by, resource, id_)
