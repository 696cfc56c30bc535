"""A message as people read it: in lines, and raw with what identifies somebody masked. Pure."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

Json = dict[str, Any]
KEEPS_HEAD, KEEPS_TAIL = 3, 4
SHORT: Final = 8
"""Characters below which nothing of a number stays."""
WORDS: Final = ("text", "display", "title", "conclusion", "comment", "description", "valueString", "name")
"""Where a resource says in words what it is, the most telling first."""
PERSONS: Final = frozenset({"Patient", "RelatedPerson", "Person"})


@dataclass(frozen=True, slots=True)
class Part:
    """One resource of a message: its kind and what it says; `withheld`: it is above the reader's clearance."""

    kind: str
    id: str
    words: str
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
        parts.append(Part(kind, pk, "" if hidden else words_of(resource), hidden))
        kept = {"resourceType": kind, "id": pk} if hidden else _masked(resource)
        entries.append({**entry, "resource": kept})
    return parts, {**bundle, "entry": entries}


def words_of(resource: Any, deep: int = 0) -> str:
    """The first words a resource has for itself, at most 120 characters."""
    if isinstance(resource, str):
        return resource.strip()[:120]
    if isinstance(resource, list):
        return next((found for one in resource if (found := words_of(one, deep))), "")
    if not isinstance(resource, dict) or deep > 3:
        return ""
    places = [name for name in WORDS if name in resource] if deep else [*WORDS, "code", "type", "reasonCode"]
    inner = [*places, "coding", "output"] if deep else [*places, "output", "eventCoding"]
    return next((found for name in inner if (found := words_of(resource.get(name), deep + 1))), "")


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
