"""Single resources: read, vread, history, create, update, delete."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from emr.repository import policies, selectors, services
from emr.repository.choices import Interaction
from emr.repository.engine.bundle import pairs
from emr.repository.engine.query import NotAsked, parse
from emr.repository.rest.errors import answered, refused
from emr.repository.rest.exchange import (
    actor,
    base,
    bundle,
    demand_json,
    expected_version,
    known_kind,
    resource_of,
    served,
)
from emr.repository.selectors import Row
from kernel.errors import Gone, OutOfReach


def not_allowed(*methods: str) -> HttpResponse:
    """405 with what is offered instead."""
    response = refused(405, _("This method is not offered here."))
    response["Allow"] = ", ".join(methods)
    return response


@answered
def instance(request: HttpRequest, kind: str, id: str) -> HttpResponse:
    """/fhir/Type/id"""
    if request.method in {"GET", "HEAD"}:
        return read(request, kind, id)
    if request.method == "PUT":
        return update(request, kind, id)
    if request.method == "DELETE":
        return delete(request, kind, id)
    return not_allowed("GET", "PUT", "DELETE")


def read(request: HttpRequest, kind: str, id: str) -> HttpResponse:
    """The present version; 304 when the caller has it, 410 when it is deleted."""
    by = actor(request)
    demand_json(request)
    policies.ask(by, Interaction.READ, known_kind(kind))
    row = selectors.current(by=by, kind=kind, id=id)
    if row.deleted:
        raise Gone(detail={"pk": f"{kind}/{id}"})
    if f'W/"{row.version}"' in request.META.get("HTTP_IF_NONE_MATCH", "").split(", "):
        return HttpResponse(status=304, headers={"ETag": f'W/"{row.version}"'})
    services.opened(by=by, patient=row.patient)
    return served(request, row)


def update(request: HttpRequest, kind: str, id: str) -> HttpResponse:
    """A new version, under If-Match when the caller gives one; the first version under an id of the caller's."""
    by = actor(request)
    resource = resource_of(request)
    version = expected_version(request.META.get("HTTP_IF_MATCH", ""))
    written = services.update(by=by, kind=known_kind(kind), id=id, resource=resource, version=version)
    return served(request, written.row, status=201 if written.created else 200, location=True)


def delete(request: HttpRequest, kind: str, id: str) -> HttpResponse:
    """A tombstone; 204 also when it was gone already."""
    by = actor(request)
    version = expected_version(request.META.get("HTTP_IF_MATCH", ""))
    row = services.delete(by=by, kind=known_kind(kind), id=id, version=version)
    return HttpResponse(status=204, headers={"ETag": f'W/"{row.version}"'} if row else {})


def create(request: HttpRequest, kind: str) -> HttpResponse:
    """POST /fhir/Type, conditional with If-None-Exist."""
    by = actor(request)
    resource = resource_of(request)
    if resource.get("resourceType") != known_kind(kind):
        raise NotAsked("resourceType is not %(kind)s", kind=kind)
    condition = pairs(request.META.get("HTTP_IF_NONE_EXIST", ""))
    unless = parse(kind, condition) if condition else None
    written = services.create(by=by, resource=resource, unless=unless)
    return served(request, written.row, status=201 if written.created else 200, location=True)


@answered
def version(request: HttpRequest, kind: str, id: str, number: str) -> HttpResponse:
    """/fhir/Type/id/_history/3"""
    if request.method not in {"GET", "HEAD"}:
        return not_allowed("GET")
    by = actor(request)
    policies.ask(by, Interaction.READ, known_kind(kind))
    if not number.isascii() or not number.isdigit() or len(number) > 9:
        raise OutOfReach(detail={"pk": f"{kind}/{id}"})
    row = selectors.version(by=by, kind=kind, id=id, number=int(number))
    if row.deleted:
        raise Gone(detail={"pk": f"{kind}/{id}"})
    services.opened(by=by, patient=row.patient)
    return served(request, row)


@answered
def history(request: HttpRequest, kind: str, id: str) -> HttpResponse:
    """/fhir/Type/id/_history, newest first; `_count` and `_before` (a version) page through it."""
    if request.method not in {"GET", "HEAD"}:
        return not_allowed("GET")
    by = actor(request)
    policies.ask(by, Interaction.READ, known_kind(kind))
    count, before = _number(request, "_count", 50), _number(request, "_before", 0) or None
    rows = selectors.versions(by=by, kind=kind, id=id, limit=min(count, 200) + 1, before=before)
    services.opened(by=by, patient=rows[0].patient if rows else None)
    address = f"{base(request)}/{kind}/{id}"
    links = [("self", f"{address}/_history")]
    if len(rows) > count:
        rows = rows[:count]
        links.append(("next", f"{address}/_history?_count={count}&_before={rows[-1].version}"))
    return bundle("history", links, (_past(address, row) for row in rows))


def _number(request: HttpRequest, name: str, default: int) -> int:
    text = request.GET.get(name, "")
    if text and not (text.isascii() and text.isdigit() and len(text) < 9):
        raise NotAsked("%(name)s is not a number", name=name)
    return int(text) if text else default


def _past(address: str, row: Row) -> bytes:
    method = "DELETE" if row.deleted else "POST" if row.version == 1 else "PUT"
    status = {"DELETE": "204 No Content", "POST": "201 Created"}.get(method, "200 OK")
    url = f"{row.kind}/{row.id}" if method != "POST" else row.kind
    resource = b"" if row.deleted else b'"resource":' + row.content + b","
    told = (
        f'"request":{{"method":"{method}","url":"{url}"}},"response":{{"status":"{status}",'
        f'"etag":"W/\\"{row.version}\\"","lastModified":"{row.updated.isoformat()}"}}}}'
    )
    return b'{"fullUrl":"' + address.encode() + b'",' + resource + told.encode()
