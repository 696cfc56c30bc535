"""What a switch is, and how its change is made. Standard library only: a starting process loads it before all else."""

import ast
from dataclasses import dataclass
from typing import TypeAlias


class Missing(Exception):
    """The place a switch names is not there (any more), or is there more than once."""


@dataclass(frozen=True, slots=True)
class Edit:
    """A piece of one of our sources, found exactly once, says something else."""

    file: str
    said: str
    instead: str

    def applied(self, source: str) -> ast.Module:
        if source.count(self.said) != 1:
            raise Missing(f"{self.file} says {self.said!r} {source.count(self.said)} times, not once")
        return ast.parse(source.replace(self.said, self.instead))


@dataclass(frozen=True, slots=True)
class Body:
    """A function (`name`, or `Class.name`) of one of our sources does this instead."""

    file: str
    function: str
    does: str

    def applied(self, source: str) -> ast.Module:
        tree: ast.Module = ast.parse(source)
        place: ast.Module | ast.ClassDef = tree
        *classes, name = self.function.split(".")
        for outer in classes:
            place = next(
                (n for n in place.body if isinstance(n, ast.ClassDef) and n.name == outer), ast.Module([], [])
            )
        found = [n for n in place.body if isinstance(n, ast.FunctionDef) and n.name == name]
        if len(found) != 1:
            raise Missing(f"{self.file} has {len(found)} functions {self.function}, not one")
        found[0].body = ast.parse(self.does).body
        return ast.fix_missing_locations(tree)


@dataclass(frozen=True, slots=True)
class Sql:
    """Statements over every database of the run, as its superuser."""

    statements: str


Change: TypeAlias = Edit | Body | Sql


@dataclass(frozen=True, slots=True)
class Switch:
    """One control of one clause. `seen_by`: those of the clause's tests that must fail without it."""

    name: str
    clause: str
    off: str
    how: Change
    seen_by: tuple[str, ...]
