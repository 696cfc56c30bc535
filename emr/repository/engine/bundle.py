"""A transaction or batch as it was sent: entries read, temporary references replaced."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl

from kernel.said import Said

METHODS: Final = ("DELETE", "POST", "PUT", "GET")
"""The order in which a transaction acts, whatever order its entries stand in."""
TEMPORARY: Final = ("urn:uuid:", "urn:oid:")
MOST_ENTRIES: Final = 1000
_ADDRESS: Final = re.compile(r"^/?([A-Z][A-Za-z]+)(?:/([A-Za-z0-9\-.]{1,64}))?/?(?:\?(.*))?$")


class BadBundle(Said):
    """The bundle cannot be understood; the text names the entry."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One request of a bundle. `condition` is a search (If-None-Exist, or the query of a conditional address)."""

    place: int
    method: str
    kind: str
    id: str
    full_url: str
    resource: dict[str, Any] | None
    condition: tuple[tuple[str, str], ...] = ()
    if_match: str = ""


def entries(bundle: Mapping[str, Any]) -> list[Entry]:
    """The requests of a transaction or batch, in the order they stand. Raises BadBundle."""
    listed = bundle.get("entry", [])
    if not isinstance(listed, list) or not all(isinstance(item, dict) for item in listed):
        raise BadBundle("entry is not a list of objects")
    if len(listed) > MOST_ENTRIES:
        raise BadBundle("more than %(most)d entries", most=MOST_ENTRIES)
    return [_entry(place, item) for place, item in enumerate(listed)]


def _entry(place: int, item: dict[str, Any]) -> Entry:
    request, resource = item.get("request"), item.get("resource")
    if not isinstance(request, dict):
        raise BadBundle("entry %(place)d has no request", place=place)
    method, url = request.get("method"), request.get("url")
    found = _ADDRESS.match(url) if isinstance(url, str) else None
    if method not in METHODS or found is None:
        raise BadBundle("entry %(place)d: method or url is not understood", place=place)
    if method in {"POST", "PUT"} and not isinstance(resource, dict):
        raise BadBundle("entry %(place)d has no resource", place=place)
    kind, id_, query = found[1], found[2] or "", found[3] or ""
    if isinstance(resource, dict) and method in {"POST", "PUT"} and resource.get("resourceType") != kind:
        raise BadBundle("entry %(place)d: resourceType is not %(kind)s", place=place, kind=kind[:64])
    condition = str(request.get("ifNoneExist") or "") if method == "POST" else query
    full_url = item.get("fullUrl")
    return Entry(
        place, method, kind, id_, full_url if isinstance(full_url, str) else "", resource, pairs(condition),
        str(request.get("ifMatch") or ""),
    )  # fmt: skip


def pairs(query: str) -> tuple[tuple[str, str], ...]:
    """Names and values of a query string; a leading `?` is passed over."""
    try:
        return (
            tuple(parse_qsl(query.lstrip("?"), keep_blank_values=False, max_num_fields=100)) if query else ()
        )
    except ValueError as error:
        raise BadBundle("the query is not understood") from error


def rewritten(node: Any, known: Mapping[str, str]) -> Any:
    """`node` with every reference to a temporary address replaced by the one it has now. Changes in place."""
    if isinstance(node, dict):
        if isinstance(node.get("reference"), str):
            node["reference"] = _address(node["reference"], known)
        children: Iterable[Any] = node.values()
    else:
        children = node if isinstance(node, list) else ()
    for value in children:
        if isinstance(value, dict | list):
            rewritten(value, known)
    return node


def _address(target: str, known: Mapping[str, str]) -> str:
    if target.startswith(TEMPORARY) and target not in known:
        raise BadBundle("%(address)s is no fullUrl of this bundle", address=target[:60])
    return known.get(target, target)
