"""A message as people read it: in lines, and raw with what identifies somebody masked. Pure."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from referral.engine.telling import Fact, facts_of

Json = dict[str, Any]
KEEPS_HEAD, KEEPS_TAIL = 3, 4
SHORT: Final = 8
"""Characters below which nothing of a number stays."""
PERSONS: Final = frozenset({"Patient", "RelatedPerson", "Person"})


@dataclass(frozen=True, slots=True)
class Part:
    """One resource of a message: its kind and what it says; `withheld`: it is above the reader's clearance."""

    kind: str
    id: str
    facts: Sequence[Fact]
    withheld: bool


def mask(value: str) -> str:
    """First three and last four stay, nothing of a short one."""
    if len(value) < SHORT:
        return "*" * len(value)
    return value[:KEEPS_HEAD] + "*" * (len(value) - KEEPS_HEAD - KEEPS_TAIL) + value[-KEEPS_TAIL:]


def shown(bundle: Mapping[str, Any], above: Callable[[Json], bool]) -> tuple[list[Part], Json]:
    """The parts of a message, and the message without what the reader is not to see: resources that `above` names keep
    only kind and id, document numbers, telephones and addresses of persons are masked."""
    parts, entries = [], []
    for entry in bundle.get("entry", []):
        resource = entry.get("resource")
        if not isinstance(resource, dict):
            continue
        kind, pk, hidden = str(resource.get("resourceType")), str(resource.get("id", "")), above(resource)
        parts.append(Part(kind, pk, () if hidden else facts_of(resource), hidden))
        kept = {"resourceType": kind, "id": pk} if hidden else _masked(resource)
        entries.append({**entry, "resource": kept})
    return parts, {**bundle, "entry": entries}


def _masked(resource: Json) -> Json:
    if resource.get("resourceType") not in PERSONS:
        return resource
    told = dict(resource)
    for name in ("identifier", "telecom"):
        if isinstance(told.get(name), list):
            told[name] = [
                {**one, "value": mask(str(one["value"]))} if isinstance(one, dict) and "value" in one else one
                for one in told[name]
            ]
    if isinstance(told.get("address"), list):
        told["address"] = [{"text": _village(one)} for one in told["address"] if isinstance(one, dict)]
    return told


def _village(address: Json) -> str:
    """The address without house and door."""
    return re.sub(r"\d+.*$", "***", str(address.get("text", "")))
