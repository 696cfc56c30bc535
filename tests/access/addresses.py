"""Every address of the house, as Django's resolver knows them."""

import re
from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RoutePattern

from tests.access.world import World

WORD = re.compile(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)")


class Address:
    """One URL pattern: its name, and a path for given words."""

    def __init__(self, name: str, route: str) -> None:
        self.name, self.route = name, route
        self.words = [one or other for one, other in WORD.findall(route)]

    def path(self, world: World, side: str, role: str) -> str:
        def fill(found: re.Match[str]) -> str:
            return str(world.value(found[1] or found[2], side, role))

        plain = WORD.sub(fill, self.route)
        return (
            plain.replace("^", "")
            .removesuffix("$")
            .replace("/?", "/")
            .replace("\\", "")
            .replace(".*", "unknown")
        )


def addresses() -> Iterator[Address]:
    yield from _walk(get_resolver().url_patterns, "/", "")


def _walk(patterns: list[Any], route: str, namespace: str) -> Iterator[Address]:
    for each in patterns:
        shown = route + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from _walk(
                each.url_patterns, shown, f"{namespace}{each.namespace}:" if each.namespace else namespace
            )
        elif isinstance(each, URLPattern):
            name = f"{namespace}{each.name}" if each.name else f"{namespace}{_plain(shown, each)}"
            yield Address(name, shown)


def _plain(shown: str, pattern: URLPattern) -> str:
    """A name for an address that has none: its route without the root."""
    kind = "" if isinstance(pattern.pattern, RoutePattern) else "re"
    return kind + WORD.sub(lambda found: found[1] or found[2] or "", shown).partition("/")[2].strip("^$")
