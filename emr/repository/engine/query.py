"""A FHIR search as it was asked: parameters, modifiers, prefixes, sort, page. No SQL here."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from emr.repository.engine.params import DATES, PARAMS, Param, patient_params
from kernel.said import Said

DEFAULT_COUNT: Final = 20
MOST: Final = 200
IGNORED: Final = frozenset({"_format", "_pretty"})
PREFIX: Final = re.compile(r"^(eq|ne|gt|lt|ge|le|sa|eb|ap)(?=\d)")
MODIFIERS: Final = {
    "token": {"", "not"},
    "string": {"", "exact"},
    "reference": {""},
    "date": {""},
    "id": {""},
}
SORTS: Final = ("_lastUpdated", "_id")


class NotAsked(Said):
    """The query cannot be understood; the text says which part."""


@dataclass(frozen=True, slots=True)
class Filter:
    """One parameter of the query; `values` are alternatives."""

    name: str
    type: str
    values: tuple[str, ...]
    modifier: str = ""
    param: Param | None = None


@dataclass(frozen=True, slots=True)
class Query:
    """A search of one kind. `sort` is "" (newest stored first), "date", "_lastUpdated" or "_id"."""

    kind: str
    filters: tuple[Filter, ...] = ()
    sort: str = ""
    descending: bool = True
    count: int = DEFAULT_COUNT
    includes: tuple[str, ...] = ()
    total: bool = False
    said: tuple[tuple[str, str], ...] = field(default=())


def split(text: str) -> tuple[str, ...]:
    """Alternatives: `a,b\\,c` is `a` and `b,c`."""
    parts = re.split(r"(?<!\\),", text)
    return tuple(re.sub(r"\\([,|$\\])", r"\1", part) for part in parts if part)


def prefixed(value: str) -> tuple[str, str]:
    """`ge2024-01` -> (`ge`, `2024-01`); without a prefix `eq`."""
    found = PREFIX.match(value)
    return (found[1], value[2:]) if found else ("eq", value)


def parse(kind: str, pairs: Iterable[tuple[str, str]], *, lenient: bool = False) -> Query:
    """The query that `pairs` of names and values ask. Raises NotAsked; `lenient` passes over what is unknown."""
    filters: list[Filter] = []
    includes: list[str] = []
    page: dict[str, str] = {}
    said = tuple(pairs)
    for name, value in said:
        if name in IGNORED:
            continue
        if name in {"_count", "_sort", "_total", "_summary"}:
            page[name] = value
        elif name == "_include":
            includes.append(_include(kind, value))
        elif found := _filter(kind, name, value, lenient):
            filters.append(found)
    sort, descending = _sort(kind, page.get("_sort", ""))
    count = 0 if page.get("_summary") == "count" else _count(page.get("_count", ""))
    total = page.get("_total") in {"accurate", "estimate"} or count == 0
    return Query(kind, tuple(filters), sort, descending, count, tuple(includes), total, said)


def _count(text: str) -> int:
    if not text:
        return DEFAULT_COUNT
    if not text.isascii() or not text.isdigit():
        raise NotAsked("%(name)s is not a number", name="_count")
    return min(int(text[:9]), MOST)


def _sort(kind: str, text: str) -> tuple[str, bool]:
    name = text.removeprefix("-")
    descending = not name or text.startswith("-")
    if name in DATES.get(kind, ((), ()))[0]:
        return "date", descending
    if name and name not in SORTS:
        raise NotAsked("_sort by “%(name)s” is not known", name=name[:40])
    return name, descending


def _include(kind: str, text: str) -> str:
    source, _, name = text.partition(":")
    name = name.partition(":")[0] or ("*" if source == "*" else "")
    known = {n for n, param in PARAMS.get(kind, {}).items() if param.type == "reference"} | {
        *patient_params(kind),
        "*",
    }
    if source not in {kind, "*"} or name not in known:
        raise NotAsked("_include of “%(name)s” is not known", name=text[:60])
    return name


def _typed(kind: str, name: str) -> tuple[str, Param | None] | None:
    if name == "_id":
        return "id", None
    if name == "_lastUpdated" or name in DATES.get(kind, ((), ()))[0]:
        return "date", None
    if name == "identifier":
        return "identifier", None
    if name == "birthdate" and kind in {"Patient", "Person", "RelatedPerson"}:
        return "birthdate", None
    if name in patient_params(kind):
        return "patient", None
    param = PARAMS.get(kind, {}).get(name)
    return (param.type, param) if param else None


def _filter(kind: str, said: str, value: str, lenient: bool) -> Filter | None:
    name, _, modifier = said.partition(":")
    typed = _typed(kind, name)
    if typed is None:
        if lenient:
            return None
        raise NotAsked("%(kind)s has no search parameter “%(name)s”", kind=kind, name=said[:60])
    type_, param = typed
    if type_ in {"reference", "patient"} and modifier[:1].isupper():
        value = ",".join(part if "/" in part else f"{modifier}/{part}" for part in split(value))
        modifier = ""
    if modifier not in MODIFIERS.get(type_, {""}):
        raise NotAsked("the modifier of “%(name)s” is not known", name=said[:60])
    values = split(value)
    if not values:
        return None
    return Filter(name, type_, values, modifier, param)
