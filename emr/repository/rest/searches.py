"""Search: GET with a query or POST _search, pages linked by a sealed cursor."""

import base64
import binascii
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlencode

import orjson
from django.http import HttpRequest, HttpResponse

from emr.repository import policies, selectors, services
from emr.repository.choices import SEALED_KINDS, Interaction
from emr.repository.engine.query import NotAsked, Query, parse
from emr.repository.rest import instances
from emr.repository.rest.errors import answered
from emr.repository.rest.exchange import actor, base, bundle, demand_json, known_kind, resource_of, served
from emr.repository.selectors import Cursor, Page, Row
from kernel import crypto
from kernel.actor import Actor

CURSOR = "fhir.search.page"


@answered
def kind_level(request: HttpRequest, kind: str) -> HttpResponse:
    """/fhir/Type: GET searches, POST creates, PUT and DELETE with a condition."""
    if request.method in {"GET", "HEAD"}:
        return _searched(request, kind, _pairs(request.GET))
    if request.method == "POST":
        return instances.create(request, kind)
    if request.method == "PUT":
        return _conditional_update(request, kind)
    return instances.not_allowed("GET", "POST", "PUT")


@answered
def posted(request: HttpRequest, kind: str) -> HttpResponse:
    """/fhir/Type/_search: the parameters stand in the body, so that no name or number is in an address."""
    if request.method != "POST":
        return instances.not_allowed("POST")
    return _searched(request, kind, [*_pairs(request.GET), *_pairs(request.POST)])


def _pairs(given: Any) -> list[tuple[str, str]]:
    return [(name, value) for name, values in given.lists() for value in values]


def _searched(request: HttpRequest, kind: str, pairs: Sequence[tuple[str, str]]) -> HttpResponse:
    by = actor(request)
    demand_json(request)
    policies.ask(by, Interaction.SEARCH, known_kind(kind))
    asked, after = _page(by, pairs)
    lenient = "handling=lenient" in request.META.get("HTTP_PREFER", "")
    query = parse(kind, asked, lenient=lenient)
    page = selectors.search(by=by, query=query, after=after)
    return answer(request, by, query, page)


def _page(by: Actor, pairs: Sequence[tuple[str, str]]) -> tuple[list[tuple[str, str]], Cursor | None]:
    """The query itself, or the one sealed in `_cursor` with the place to go on from."""
    sealed = next((value for name, value in pairs if name == "_cursor"), "")
    if not sealed:
        return list(pairs), None
    try:
        told = orjson.loads(crypto.unseal_bytes(CURSOR, by.name, base64.urlsafe_b64decode(sealed)))
    except (crypto.Unsealable, binascii.Error, ValueError) as error:
        raise NotAsked("_cursor is not one of ours") from error
    return [(name, value) for name, value in told[0]], (told[1], told[2])


def _next(request: HttpRequest, by: Actor, query: Query, cursor: Cursor) -> str:
    sealed = crypto.seal_bytes(CURSOR, by.name, orjson.dumps([query.said, *cursor]))
    return f"{base(request)}/{query.kind}?_cursor={base64.urlsafe_b64encode(sealed).decode()}"


def answer(request: HttpRequest, by: Actor, query: Query, page: Page) -> HttpResponse:
    """A searchset, once it is recorded who asked."""
    rows = [*page.matches, *page.included]
    names = " ".join(sorted({name for name, _value in query.said}))
    services.looked_through(
        by=by,
        action="repository.searched",
        patients=(row.patient for row in rows),
        detail={"kind": query.kind, "by": names[:200], "rows": len(rows)},
    )
    address = f"{base(request)}/{query.kind}"
    # A self link with what identifies a person would end up in somebody's log.
    said = "" if query.kind in SEALED_KINDS or request.method == "POST" else urlencode(query.said)
    links = [("self", f"{address}?{said}" if said else address)]
    if page.next is not None:
        links.append(("next", _next(request, by, query, page.next)))
    return bundle("searchset", links, _entries(base(request), page), page.total)


def _entries(address: str, page: Page) -> Iterator[bytes]:
    for row in page.matches:
        yield _entry(address, row, b"match")
    for row in page.included:
        yield _entry(address, row, b"include")


def _entry(address: str, row: Row, mode: bytes) -> bytes:
    head = f'{{"fullUrl":"{address}/{row.kind}/{row.id}","resource":'.encode()
    return head + row.content + b',"search":{"mode":"' + mode + b'"}}'


def _conditional_update(request: HttpRequest, kind: str) -> HttpResponse:
    """PUT /fhir/Type?identifier=…: the one match is updated, none is created, several are 412."""
    by = actor(request)
    resource = resource_of(request)
    pairs = _pairs(request.GET)
    if not pairs:
        raise NotAsked("a PUT needs an id or a condition")
    written = services.update_where(by=by, query=parse(known_kind(kind), pairs), resource=resource)
    return served(request, written.row, status=201 if written.created else 200, location=True)
