"""Search values of one resource: what the columns of its row hold beside its bytes."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, lru_cache
from typing import Any

from emr.repository.engine import dates
from emr.repository.engine.params import CODE_AT, DATES, PARAMS, PATIENT_AT, PATIENT_DEFAULT, Param
from emr.repository.engine.tokens import Hasher, plain

LOCAL = re.compile(r"(?:.*/)?([A-Z][A-Za-z]+)/([A-Za-z0-9\-.]{1,64})(?:/_history/[^/]+)?")
LONGEST_PREFIX = 12

Spell = Callable[[str], tuple[str, ...]]
"""Other spellings of a Chinese name: pinyin and its initials."""


@dataclass(slots=True)
class Values:
    """`references` are the local ones the parameters name, as (type, id); `linked` are all there are."""

    patient: str | None = None
    code: int | None = None
    date: datetime | None = None
    date_hi: datetime | None = None
    tok: list[int] = field(default_factory=list)
    ref: list[int] = field(default_factory=list)
    identifiers: list[bytes] = field(default_factory=list)
    references: set[tuple[str, str]] = field(default_factory=set)
    linked: set[tuple[str, str]] = field(default_factory=set)


def at(node: dict[str, Any], path: tuple[str, ...]) -> Iterable[Any]:
    """The elements of `node` at `path`, lists entered."""
    found = node.get(path[0])
    if found is None:
        return ()
    if type(found) is not list:
        found = (found,)
    if len(path) == 1:
        return found
    return [one for inner in found if type(inner) is dict for one in at(inner, path[1:])]


def local_reference(value: Any) -> tuple[str, str] | None:
    """(type, id) of a reference to a resource of this server, None for others."""
    text = value.get("reference") if isinstance(value, dict) else value
    return _local(text) if isinstance(text, str) else None


@lru_cache(maxsize=16384)
def _local(text: str) -> tuple[str, str] | None:
    if text.startswith(("#", "urn:")):
        return None
    found = LOCAL.fullmatch(text)
    return (found[1], found[2]) if found else None


def normal(text: str) -> str:
    """A string as it is compared: width, case and accents of no account."""
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    return "".join(c for c in decomposed if not unicodedata.combining(c)).strip()


def codings(value: Any) -> Iterator[tuple[str, str]]:
    """(system, code) pairs of a token element; the system of a bare code is empty."""
    if isinstance(value, bool):
        yield "", "true" if value else "false"
    elif isinstance(value, str):
        yield "", value
    elif isinstance(value, dict):
        for coding in value.get("coding") or (value,):
            code = coding.get("code") or coding.get("value")
            if isinstance(code, str):
                yield str(coding.get("system") or ""), code


def _tokens(param: Param, resource: dict[str, Any], hasher: Hasher, values: Values) -> None:
    for element in at(resource, param.path):
        for system, code in codings(element):
            values.tok.extend(hasher.coding(param.name, system, code))


def _references(param: Param, resource: dict[str, Any], hasher: Hasher, values: Values) -> None:
    for element in at(resource, param.path):
        target = local_reference(element)
        if target and (not param.targets or target[0] in param.targets):
            values.references.add(target)
            values.ref.append(plain(linked_by(param.name, *target)))


ANY = "~"
"""Stands for the name of a parameter where a reference has none."""


def linked_by(name: str, kind: str, id_: str) -> str:
    """What is hashed of a reference: who names it and what it names."""
    return f"{name}>{kind}/{id_}"


def links_of(resource: dict[str, Any]) -> set[tuple[str, str]]:
    """Every local reference of a resource, wherever it stands."""
    found: set[tuple[str, str]] = set()
    _links(resource, found)
    return found


def _links(node: dict[str, Any], found: set[tuple[str, str]]) -> None:
    for name, inner in node.items():
        if type(inner) is dict:
            _links(inner, found)
        elif type(inner) is list:
            for one in inner:  # no element of FHIR is a list of lists
                if type(one) is dict:
                    _links(one, found)
        elif name == "reference" and (target := local_reference(inner)):
            found.add(target)


def _name_words(element: Any) -> Iterator[str]:
    if isinstance(element, str):
        yield element
    elif isinstance(element, dict):
        yield from (part for part in (element.get("text"), element.get("family")) if isinstance(part, str))
        yield from (part for part in element.get("given") or () if isinstance(part, str))


def prefix_tokens(name: str, words: set[str]) -> set[str]:
    """`name^王`, `name^王伟` … and `name!王伟` for the whole word."""
    texts = {f"{name}!{word}" for word in words}
    return texts | {
        f"{name}^{word[:n]}" for word in words for n in range(1, min(len(word), LONGEST_PREFIX) + 1)
    }


def _strings(param: Param, resource: dict[str, Any], hasher: Hasher, values: Values, spell: Spell) -> None:
    words: set[str] = set()
    for element in at(resource, param.path):
        for word in _name_words(element):
            words.add(normal(word))
            if param.name == "name":
                words.update(spell(word))
    values.tok.extend(map(hasher.token, prefix_tokens(param.name, {word for word in words if word})))


def _identifiers(resource: dict[str, Any], hasher: Hasher, values: Values) -> None:
    for element in at(resource, ("identifier",)):
        value = element.get("value") if isinstance(element, dict) else None
        if isinstance(value, str):
            system = str(element.get("system") or "")
            values.identifiers += [hasher.identifier(f"={system}", value), hasher.identifier("~", value)]


def _clinical_date(kind: str, resource: dict[str, Any], values: Values) -> None:
    for name in DATES.get(kind, ((), ()))[1]:
        if name in resource:
            values.date, values.date_hi = dates.of_element(resource[name])
            return


def _only_code(kind: str, resource: dict[str, Any]) -> int | None:
    element = resource.get(CODE_AT.get(kind, "code"))
    pairs = list(codings(element)) if isinstance(element, dict) else []
    return plain(f"{pairs[0][0]}|{pairs[0][1]}") if len(pairs) == 1 else None


def _birth_date(resource: dict[str, Any], hasher: Hasher, values: Values) -> None:
    day = resource.get("birthDate")
    if isinstance(day, str):
        values.tok.extend(hasher.token(f"birthdate:{day[:n]}") for n in (4, 7, 10) if len(day) >= n)


def patient_of(kind: str, resource: dict[str, Any]) -> str | None:
    """The id of the patient this resource is about, None when it names none (or several)."""
    if kind == "Patient":
        return resource.get("id")
    found: set[str] = set()
    for path in PATIENT_AT.get(kind, PATIENT_DEFAULT):
        for element in at(resource, path):
            target = local_reference(element)
            if target and target[0] == "Patient":
                found.add(target[1])
    return found.pop() if len(found) == 1 else None


@cache
def _params_by_element(kind: str) -> dict[str, list[Param]]:
    """The parameters of `kind` by the element they begin at: a resource has few of those that are asked for."""
    found: dict[str, list[Param]] = {}
    for param in PARAMS.get(kind, {}).values():
        found.setdefault(param.path[0], []).append(param)
    return found


def values_of(resource: dict[str, Any], hasher: Hasher, spell: Spell) -> Values:
    """All search values of a valid resource. `hasher` is keyed for the kinds that identify a person."""
    kind = resource["resourceType"]
    values = Values(patient=patient_of(kind, resource), code=_only_code(kind, resource))
    asked = _params_by_element(kind)
    for param in (param for name in resource if name in asked for param in asked[name]):
        if param.type == "token":
            _tokens(param, resource, hasher, values)
        elif param.type == "reference":
            _references(param, resource, hasher, values)
        else:
            _strings(param, resource, hasher, values, spell)
    values.linked = links_of(resource)
    # What no parameter names is found all the same when the label of its target rises.
    values.ref.extend(plain(linked_by(ANY, *target)) for target in values.linked - values.references)
    _identifiers(resource, hasher, values)
    _clinical_date(kind, resource, values)
    if kind in {"Patient", "Person", "RelatedPerson"}:
        _birth_date(resource, hasher, values)
    return values
