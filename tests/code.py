"""The house's own source as data: files, functions, addresses. Used by the tests that hold the architecture."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RegexPattern, RoutePattern

from config.local.places import ROOT

APPS = (
    "config",
    "kernel",
    "consortium",
    "emr",
    "diagnostics",
    "imaging",
    "ecg",
    "referral",
    "insurance_bridge",
    "portal",
)
AnyFunction = ast.FunctionDef | ast.AsyncFunctionDef
UUID = "0190a1b2-0000-7000-8000-000000000000"
UID = "1.2.3"
SAMPLES = (UUID, "1", "x", UID, "2026-11-16")
"""Values of path converters: the first one a converter takes, else the first of its alternatives."""
GROUPS = {"kind": "Patient", "number": "1", "place": "1-2", "id": UUID}
"""Samples of regular expressions' groups, by name; any other one is a DICOM UID."""


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), str(path))


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@cache
def files(pattern: str) -> list[Path]:
    """The apps' files matching a pattern below each app, generated ones left out."""
    found = {path for app in APPS for path in (ROOT / app).glob(pattern)}
    return sorted(
        path for path in found if "migrations" not in path.parts and "__pycache__" not in path.parts
    )


def rooms(*names: str) -> list[Path]:
    """The modules of the named rooms: `views` is every views.py and every module of a folder views/."""
    found = {path for room in names for at in (f"**/{room}.py", f"**/{room}/**/*.py") for path in files(at)}
    return sorted(
        path for path in found if "management" not in path.parts and "templatetags" not in path.parts
    )


def folders(*names: str) -> list[Path]:
    """The named rooms that are folders, in every app."""
    return sorted({path.parent for room in names for path in files(f"**/{room}/__init__.py")})


def held(folder: Path) -> set[str]:
    """The names a folder holds: its modules and the folders of its nouns."""
    inside = [*folder.glob("*.py"), *(path.parent for path in folder.glob("*/__init__.py"))]
    return {path.stem for path in inside} - {"__init__"}


def nouns(folder: Path) -> list[Path]:
    """The folders by which a room is grouped; none where it is flat."""
    return sorted(path.parent for path in folder.glob("*/__init__.py"))


def named(folder: Path) -> set[str]:
    """What the docstring of a folder names in backquotes."""
    return set(re.findall(r"`(\w+)`", ast.get_docstring(tree(folder / "__init__.py")) or ""))


def room_of(path: Path, room: str) -> Path | None:
    """The folder of the room a module stands in, however deep; None where the room is one file."""
    return next((parent for parent in path.parents if parent.name == room), None)


@cache
def functions(path: Path) -> tuple[AnyFunction, ...]:
    """Every function and method of a module, nested ones too."""
    return tuple(node for node in ast.walk(tree(path)) if isinstance(node, AnyFunction))


def public_functions(path: Path) -> Iterator[AnyFunction]:
    """The functions a module offers: at its top level, without a leading underscore."""
    for node in tree(path).body:
        if isinstance(node, AnyFunction) and not node.name.startswith("_"):
            yield node


def offered(package: Path) -> set[str]:
    """The names a package's __init__.py imports to hand them out."""
    imports = [node for node in tree(package).body if isinstance(node, ast.ImportFrom)]
    return {alias.asname or alias.name for node in imports for alias in node.names}


def without_docstring(function: AnyFunction) -> list[ast.stmt]:
    first = function.body[0]
    documented = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    return function.body[1:] if documented else function.body


def length(function: AnyFunction) -> int:
    """Lines of a function's body: a long list of keywords and the docstring do not count."""
    body = without_docstring(function)
    return (function.end_lineno or 0) - body[0].lineno + 1 if body else 0


def statements(function: AnyFunction) -> int:
    """Statements of a function at any depth, the docstring aside."""
    return sum(isinstance(node, ast.stmt) for part in without_docstring(function) for node in ast.walk(part))


@cache
def called(function: ast.AST) -> frozenset[str]:
    """Dotted names of everything called inside: `audit.record`, `transaction.atomic`, `helper`."""
    return frozenset(ast.unparse(node.func) for node in ast.walk(function) if isinstance(node, ast.Call))


def decorators(function: AnyFunction) -> set[str]:
    return {ast.unparse(node).partition("(")[0] for node in function.decorator_list}


@dataclass(frozen=True, slots=True)
class Address:
    """One URL of the house: its path with sample values, and its full name (`referral:inbox`)."""

    path: str
    name: str
    route: str


def _taken(converter: Any) -> str:
    candidates = [*SAMPLES, *converter.regex.strip("(?:)").split("|")]
    return next(each for each in candidates if re.fullmatch(converter.regex, each))


def _sample(pattern: RoutePattern | RegexPattern) -> str:
    """A path that the pattern matches."""
    if isinstance(pattern, RoutePattern):
        return re.sub(r"<(?:\w+:)?(\w+)>", lambda found: _taken(pattern.converters[found[1]]), str(pattern))
    plain = re.sub(r"\(\?P<(\w+)>[^()]*\)", lambda found: GROUPS.get(found[1], UID), str(pattern))
    sample = plain.removeprefix("^").removesuffix("$").replace(".*", "").replace("/?", "/").replace("\\", "")
    assert pattern.match(sample), f"no sample for {pattern}"
    return sample


def addresses() -> list[Address]:
    """Every URL pattern of the root urlconf."""
    return list(_walk(get_resolver().url_patterns, "/", "/", ""))


def _walk(patterns: list[Any], path: str, route: str, namespace: str) -> Iterator[Address]:
    for each in patterns:
        here, shown = path + _sample(each.pattern), route + str(each.pattern)
        if isinstance(each, URLResolver):
            inner = f"{namespace}{each.namespace}:" if each.namespace else namespace
            yield from _walk(each.url_patterns, here, shown, inner)
        elif isinstance(each, URLPattern):
            yield Address(here, f"{namespace}{each.name or ''}", shown)


def templates() -> list[Path]:
    return files("templates/**/*.html")
