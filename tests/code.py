"""The house's own source as data: files, functions, addresses. Used by the tests that hold the architecture."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RoutePattern

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
SAMPLES = {
    "uuid": "0190a1b2-0000-7000-8000-000000000000",
    "int": "1",
    "str": "x",
    "slug": "x",
    "path": "x/y",
}


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), str(path))


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


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


def functions(path: Path) -> Iterator[AnyFunction]:
    """Every function and method of a module, nested ones too."""
    for node in ast.walk(tree(path)):
        if isinstance(node, AnyFunction):
            yield node


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


def called(function: ast.AST) -> set[str]:
    """Dotted names of everything called inside: `audit.record`, `transaction.atomic`, `helper`."""
    return {ast.unparse(node.func) for node in ast.walk(function) if isinstance(node, ast.Call)}


def decorators(function: AnyFunction) -> set[str]:
    return {ast.unparse(node).partition("(")[0] for node in function.decorator_list}


@dataclass(frozen=True, slots=True)
class Address:
    """One URL of the house: its path with sample values, and its full name (`referral:inbox`)."""

    path: str
    name: str
    route: str


def _sample(route: str) -> str:
    return re.sub(r"<(?:(\w+):)?\w+>", lambda found: SAMPLES.get(found[1] or "str", "x"), route)


def addresses() -> list[Address]:
    """Every URL pattern of the root urlconf."""
    return list(_walk(get_resolver().url_patterns, "/", ""))


def _walk(patterns: list[Any], prefix: str, namespace: str) -> Iterator[Address]:
    for pattern in patterns:
        assert isinstance(pattern.pattern, RoutePattern), f"{pattern}: write path(), not re_path()"
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _walk(pattern.url_patterns, route, inner)
        elif isinstance(pattern, URLPattern):
            yield Address(_sample(route), f"{namespace}{pattern.name or ''}", route)


def templates() -> list[Path]:
    return files("templates/**/*.html")
