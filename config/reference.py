"""`/api/docs/`: the schema as a page one can read, drawn by the server; no script, no foreign assets."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kernel.web import openapi

PREFIX: Final = "#/components/schemas/"


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a shape: `type` in words, `shape` the name of what it holds."""

    name: str
    type: str
    shape: str
    needed: bool
    words: str


@dataclass(frozen=True, slots=True)
class Shape:
    """What goes in or out under one name; `kinds` are the shapes it may be."""

    name: str
    words: str
    fields: tuple[Field, ...]
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Door:
    """One operation."""

    method: str
    path: str
    words: str
    asks: tuple[Field, ...]
    takes: str
    gives: str
    many: bool


@dataclass(frozen=True, slots=True)
class Room:
    """The doors under one first word of the address."""

    name: str
    doors: tuple[Door, ...]


@login_not_required
@require_safe
def pages(request: HttpRequest) -> HttpResponse:
    """Doors by room, then every shape."""
    schema = openapi.described()
    context = {"rooms": rooms(schema), "shapes": shapes(schema), "refusals": openapi.REFUSALS}
    return render(request, "config/reference.html", context)


def rooms(schema: Mapping[str, Any]) -> list[Room]:
    """The doors in the order of their addresses."""
    found: dict[str, list[Door]] = {}
    for path, operations in schema["paths"].items():
        name = path.removeprefix(openapi.PREFIX).partition("/")[0]
        found.setdefault(name, []).extend(_doors(path, operations))
    return [Room(name, tuple(doors)) for name, doors in found.items()]


def _doors(path: str, operations: Mapping[str, Any]) -> Iterator[Door]:
    for method, operation in operations.items():
        sent = _body(operation.get("requestBody", {}))
        answered = _body(operation["responses"].get("200", {}))
        asked = [one for one in operation.get("parameters", []) if one["in"] == "query"]
        yield Door(
            method=method.upper(),
            path=path,
            words=operation.get("description", ""),
            asks=tuple(
                _field(one["name"], one["schema"], needed=one.get("required", False)) for one in asked
            ),
            takes=_shape(sent),
            gives=_shape(answered),
            many=answered.get("type") == "array",
        )


def _body(part: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema of a body, whatever its media type."""
    for content in part.get("content", {}).values():
        schema: Mapping[str, Any] = content.get("schema", {})
        return schema
    return {}


def shapes(schema: Mapping[str, Any]) -> list[Shape]:
    """Every shape by name."""
    return [
        Shape(
            name=name,
            words=shape.get("description", ""),
            fields=tuple(
                _field(field, said, needed=field in shape.get("required", []))
                for field, said in shape.get("properties", {}).items()
            ),
            kinds=tuple(_shape(one) for one in shape.get("oneOf", [])),
        )
        for name, shape in sorted(schema["components"]["schemas"].items())
    ]


def _shape(schema: Mapping[str, Any]) -> str:
    """The name of the shape a schema points at, "" for a plain value."""
    inner = schema.get("items", schema)
    parts = [inner, *inner.get("allOf", []), *inner.get("oneOf", [])]
    return next((one["$ref"].removeprefix(PREFIX) for one in parts if "$ref" in one), "")


def _field(name: str, said: Mapping[str, Any], *, needed: bool) -> Field:
    return Field(name, _type(said), _shape(said), needed, said.get("description", ""))


def _type(said: Mapping[str, Any]) -> str:
    """A type in words: text, uuid, one of several words, a list of them."""
    if said.get("type") == "array":
        return f"[{_type(said['items'])}]"
    if "enum" in said:
        return " | ".join(f'"{one}"' if isinstance(one, str) else str(one) for one in said["enum"])
    kind = said.get("type", "")
    plain = " | ".join(kind) if isinstance(kind, list) else str(kind)
    longest = f" ≤ {said['maxLength']}" if "maxLength" in said else ""
    return f"{said.get('format', plain)}{longest}"
