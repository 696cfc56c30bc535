"""Walks the portal like a person who presses every link: one example of every page. For pictures, for axe and for what
is refused there.
"""

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from urllib.parse import parse_qs, urljoin, urlsplit

from django.test import Client
from django.urls import Resolver404, resolve
from playwright.sync_api import Page, expect

SKIP = (
    "/signout/",
    "/signin/",
    "/static/",
    "/api/",
    "/fhir/",
    "/dicomweb/",
    "/i18n/",
    "/metrics",
    "/healthz",
    "/readyz",
)
LED = re.compile(r'<a\b[^>]*?\shref="([^"#]+)"')
LOADED = re.compile(
    r'<(?!select|input|textarea)\w+\b[^>]*?\shx-get="([^"]+)"'
)  # a field asks with what is typed in it
STATE = ("tab", "show", "view", "case")
"""Words of a query string that make another page of the same address."""


@dataclass(frozen=True)
class Stop:
    """One page the walk came to. `name` tells it from others: url name, and the tab it shows."""

    name: str
    path: str
    status: int


def name_of(address: str) -> str | None:
    """What kind of page an address is; None for what is no page of the portal."""
    parts = urlsplit(address)
    if parts.path.startswith(SKIP):
        return None
    try:
        match = resolve(parts.path)
    except Resolver404:
        return None
    asked = parse_qs(parts.query)
    chosen = [asked[word][0] if word != "case" else word for word in STATE if word in asked]
    return "-".join([match.view_name.replace(":", "."), *chosen])


def links(page: Page) -> list[str]:
    """Addresses of this house that stand on the page."""
    found: list[str] = page.eval_on_selector_all("a[href]", "all => all.map(a => a.href)")
    home = urlsplit(page.url).netloc
    parts = [urlsplit(one) for one in found if urlsplit(one).netloc == home]
    return [f"{part.path}?{part.query}" if part.query else part.path for part in parts]


def walk(
    page: Page, base: str, *, start: str = "/", most: int = 60, known: set[str] | None = None
) -> Iterator[Stop]:
    """Opens pages from `start` on, breadth first, one of each kind; the page stands while the caller looks.

    `known` are kinds that need no other visit; what is visited is added to it.
    """
    waiting, known = deque([start]), set() if known is None else known
    while waiting and most:
        path = waiting.popleft()
        with_answer = page.goto(base + path, wait_until="load")
        if with_answer is None or "html" not in with_answer.headers.get("content-type", ""):
            continue
        expect(page.locator("[aria-busy=true][hx-get]")).to_have_count(0)
        most -= 1
        yield Stop(name_of(page.url) or "outside", path, with_answer.status)
        for link in links(page):
            kind = name_of(link)
            if kind and kind not in known:
                known.add(kind)
                waiting.append(link)


def offered(text: str, path: str) -> list[str]:
    """Addresses a page leads to or loads by itself."""
    found = (unescape(one) for way in (LED, LOADED) for one in way.findall(text))
    return [
        one for one in (urljoin(path, target) for target in found) if one.startswith("/") and one[1:2] != "/"
    ]


def refused(client: Client, *, most: int = 60) -> dict[str, int]:
    """The addresses that one page offered and another answer than the page itself came from, breadth first."""
    waiting, known, objections = deque([("/", "the door")]), {"portal.home"}, {}
    while waiting and most:
        path, origin = waiting.popleft()
        answer = client.get(path, follow=True)
        if answer.status_code >= 400:
            objections[f"{origin} offers {path}"] = answer.status_code
        if "html" not in answer.headers.get("Content-Type", "") or answer.streaming:
            continue
        most -= 1
        here = answer.redirect_chain[-1][0] if answer.redirect_chain else path
        for target in offered(answer.text, urlsplit(here).path):
            kind = name_of(target)
            if kind and kind not in known:
                known.add(kind)
                waiting.append((target, here))
    return objections
