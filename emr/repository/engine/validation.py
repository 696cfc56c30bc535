"""Is this resource FHIR R4? Elements, cardinality, types, required elements, choices, codes, reference targets.

Two orders of magnitude cheaper than building models; the table it reads is derived from them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

import orjson

from emr.repository.engine.extract import local_reference
from emr.repository.engine.primitives import CHECKS, Check
from kernel.said import filled

MOST_ISSUES: Final = 20
DEEPEST: Final = 24
DATED: Final = frozenset({"date", "dateTime", "instant"})


@dataclass(frozen=True, slots=True)
class Issue:
    """What is wrong and where: `code` of the FHIR issue types, `path` as FHIRPath, `text` with places for `words`."""

    code: str
    text: str
    path: str
    words: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return filled(self.text, self.words)


class NotValid(ValueError):
    """The resource is not valid FHIR R4."""

    def __init__(self, issues: list[Issue]) -> None:
        self.issues = issues
        super().__init__("; ".join(f"{issue.path}: {issue}" for issue in issues[:3]))


@dataclass(frozen=True, slots=True)
class Element:
    """One element: its type, whether it repeats, its check if primitive, its codes, its reference targets."""

    type: str
    many: bool
    check: Check | None
    codes: frozenset[str] | None
    targets: frozenset[str] | None

    def plainly(self, value: Any) -> bool:
        """Whether this is one primitive and `value` is fine: most of a resource, told without a second look."""
        fits = self.check is not None and not self.many and self.check(value)
        return fits and (self.codes is None or value in self.codes)


@dataclass(frozen=True, slots=True)
class Type:
    elements: dict[str, Element]
    required: tuple[str, ...]
    choices: tuple[tuple[bool, frozenset[str]], ...]


def _element(told: dict[str, Any]) -> Element:
    return Element(
        told["t"],
        bool(told.get("n")),
        CHECKS.get(told["t"]),
        frozenset(told["v"]) if "v" in told else None,
        frozenset(told["r"]) if "r" in told else None,
    )


@cache
def structure() -> dict[str, Any]:
    """The table as it is stored: type -> e(lements), (re)q(uired), c(hoices)."""
    table: dict[str, Any] = orjson.loads(Path(__file__).with_name("structure.json").read_bytes())
    return table


@cache
def type_named(name: str) -> Type | None:
    """The elements of a resource or data type, None when this server does not know it."""
    told = structure().get(name)
    if told is None:
        return None
    return Type(
        {name: _element(element) for name, element in told["e"].items()},
        tuple(told.get("q", ())),
        tuple((bool(group[0]), frozenset(group[1:])) for group in told.get("c", ())),
    )


class _Walk:
    """One pass over a resource, collecting issues."""

    def __init__(self) -> None:
        self.issues: list[Issue] = []

    def add(self, code: str, text: str, path: str, **words: str) -> None:
        self.issues.append(Issue(code, text, path, words))

    def node(self, type_: Type, node: Any, path: str, depth: int) -> None:
        """An object of a complex type."""
        if not isinstance(node, dict) or not node:
            self.add("structure", "an object with content is expected", path)
            return
        if depth > DEEPEST or len(self.issues) >= MOST_ISSUES:
            self.add("too-long", "nested too deeply or too many errors", path)
            return
        elements = type_.elements
        for name, value in node.items():
            element = elements.get(name)
            if element is None:
                self.other(type_, name, value, path, depth)
            elif not element.plainly(value):
                self.element(element, value, f"{path}.{name}", depth)
        if type_.required or type_.choices:
            self.presences(type_, node, path)

    def presences(self, type_: Type, node: Mapping[str, Any], path: str) -> None:
        """What has to stand, and what may not stand together."""
        for name in type_.required:
            if name not in node:
                self.presence(name, node, path)
        for demanded, names in type_.choices:
            if demanded or not names.isdisjoint(node):
                self.choice(demanded, names, node, path)

    def presence(self, name: str, node: Mapping[str, Any], path: str) -> None:
        """In the place of a required element, an extension that says why it is not there."""
        if f"_{name}" not in node:
            self.add("required", "%(name)s is missing", path, name=name)

    def choice(self, demanded: bool, names: frozenset[str], node: Mapping[str, Any], path: str) -> None:
        """value[x]: at most one, exactly one where it is required."""
        present = sorted(names & node.keys())
        if len(present) > 1:
            self.add("structure", "only one of %(names)s may stand", path, names=", ".join(present))
        elif demanded and not present:
            self.add("required", "one of %(names)s is missing", path, names=", ".join(sorted(names)[:6]))

    def other(self, type_: Type, name: str, value: Any, path: str, depth: int) -> None:
        """What the type does not list: the extension of a primitive (`_birthDate`), or an error."""
        if name == "resourceType" and not depth:
            return
        element = type_.elements.get(name[1:]) if name.startswith("_") else None
        if element is None or element.check is None:
            self.add("structure", "unknown element “%(name)s”", path, name=name[:60])
            return
        parts = value if isinstance(value, list) else [value]
        if isinstance(value, list) != element.many:
            self.add("structure", "a list and its extensions go together", f"{path}.{name}")
        for part in parts:
            if part is None and element.many:
                continue
            if not isinstance(part, dict) or not part or part.keys() - {"id", "extension"}:
                self.add("structure", "id and extension only", f"{path}.{name}")
            elif "extension" in part:
                self.element(_EXTENSION, part["extension"], f"{path}.{name}.extension", depth)

    def element(self, element: Element, value: Any, path: str, depth: int) -> None:
        """The value or values of one element."""
        if not element.many:
            self.value(element, value, path, depth)
        elif not isinstance(value, list) or not value:
            self.add("structure", "a list with content is expected", path)
        else:
            for place, item in enumerate(value):
                if item is None and element.check is not None:
                    continue
                self.value(element, item, f"{path}[{place}]", depth)

    def value(self, element: Element, value: Any, path: str, depth: int) -> None:
        """One value: a primitive, a contained resource or an object."""
        if element.check is not None:
            if not element.check(value):
                told = (
                    "this is no %(type)s between 1800 and 9999"
                    if element.type in DATED
                    else "this is no %(type)s"
                )
                self.add("value", told, path, type=element.type)
            elif element.codes is not None and value not in element.codes:
                known = ", ".join(sorted(element.codes))
                self.add(
                    "code-invalid", "“%(value)s” is none of %(known)s", path, value=value[:60], known=known
                )
            return
        if element.type == "Resource":
            self.resource(value, path, depth + 1)
            return
        type_ = type_named(element.type)
        if type_ is None:
            self.add("structure", "the type %(type)s is not known", path, type=element.type)
            return
        self.node(type_, value, path, depth + 1)
        if element.targets is not None and isinstance(value, dict):
            self.target(element.targets, value, path)

    def target(self, targets: frozenset[str], value: Mapping[str, Any], path: str) -> None:
        """A local reference points to a type this element allows."""
        local = local_reference(value)
        if local is not None and local[0] not in targets:
            self.add("value", "a reference to %(kind)s is not allowed here", path, kind=local[0])

    def resource(self, value: Any, path: str, depth: int) -> None:
        """A contained resource."""
        kind = value.get("resourceType") if isinstance(value, dict) else None
        type_ = type_named(kind) if isinstance(kind, str) else None
        if type_ is None or "meta" not in type_.elements or "implicitRules" not in type_.elements:
            self.add("structure", "a resource of a known type is expected", path)
            return
        self.node(
            type_,
            {name: part for name, part in value.items() if name != "resourceType"} or value,
            path,
            depth,
        )


_EXTENSION: Final = Element("Extension", True, None, None, None)


def issues_of(resource: Any) -> list[Issue]:
    """Everything wrong with `resource`, empty when it is valid."""
    kind = resource.get("resourceType") if isinstance(resource, dict) else None
    if not isinstance(kind, str):
        return [Issue("structure", "%(name)s is missing", "", {"name": "resourceType"})]
    type_ = type_named(kind)
    if type_ is None or "implicitRules" not in type_.elements:
        return [Issue("not-supported", "%(kind)s is not stored here.", "", {"kind": kind[:64]})]
    walk = _Walk()
    walk.node(type_, resource, kind, 0)
    return walk.issues


def demand(resource: Any) -> None:
    """Raise NotValid unless `resource` is valid."""
    if issues := issues_of(resource):
        raise NotValid(issues)
