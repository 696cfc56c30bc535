"""POST /fhir: a transaction (all or nothing) or a batch (each for itself)."""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from emr.repository import policies, selectors, services
from emr.repository.choices import Interaction
from emr.repository.engine import dates, jsonio
from emr.repository.engine.bundle import BadBundle, Entry, entries
from emr.repository.engine.query import parse
from emr.repository.rest import searches
from emr.repository.rest.errors import answered, as_refusal, issues_of
from emr.repository.rest.exchange import actor, base, bundle, expected_version, known_kind, resource_of
from emr.repository.rest.instances import not_allowed
from emr.repository.services import Reply
from kernel.actor import Actor
from kernel.errors import Gone
from kernel.web import http


@answered
def root(request: HttpRequest) -> HttpResponse:
    """/fhir or /fhir/"""
    if request.method != "POST":
        return not_allowed("POST")
    by = actor(request)
    document = resource_of(request)
    kind = document.get("type") if document.get("resourceType") == "Bundle" else None
    if kind not in {"transaction", "batch"}:
        raise BadBundle(_("A Bundle of type transaction or batch is expected."))
    asked = entries(document)
    answers = (
        _transaction(request, by, asked)
        if kind == "transaction"
        else [_alone(request, by, one) for one in asked]
    )
    return bundle(f"{kind}-response", (), answers)


def _versions(asked: list[Entry]) -> dict[int, int]:
    told = {one.place: expected_version(one.if_match) for one in asked}
    return {place: version for place, version in told.items() if version is not None}


def _transaction(request: HttpRequest, by: Actor, asked: list[Entry]) -> list[bytes]:
    writes = [one for one in asked if one.method != "GET"]
    replies = services.transact(by=by, entries=writes, versions=_versions(writes)) if writes else []
    full = "return=representation" in request.META.get("HTTP_PREFER", "")
    answers = {one.place: _written(request, reply, full) for one, reply in zip(writes, replies, strict=True)}
    answers |= {one.place: _read(request, by, one) for one in asked if one.method == "GET"}
    return [answers[one.place] for one in asked]


def _alone(request: HttpRequest, by: Actor, one: Entry) -> bytes:
    """One entry of a batch: its refusal is its own answer."""
    try:
        if one.method == "GET":
            return _read(request, by, one)
        (reply,) = services.transact(by=by, entries=[one], versions=_versions([one]))
    except Exception as error:
        refusal = as_refusal(error)
        if refusal is None:
            raise
        http.record_refusal(request, refusal)
        told = {"resourceType": "OperationOutcome", "issue": issues_of(refusal)}
        return jsonio.dumps({"response": {"status": _status(refusal.status), "outcome": told}})
    return _written(request, reply, full=False)


def _status(code: int) -> str:
    return f"{code} {HTTPStatus(code).phrase}"


def _written(request: HttpRequest, reply: Reply, full: bool) -> bytes:
    told: dict[str, Any] = {"status": _status(reply.status)}
    if reply.status != HTTPStatus.NO_CONTENT:
        told["location"] = f"{base(request)}/{reply.kind}/{reply.id}/_history/{reply.version}"
    told["etag"] = f'W/"{reply.version}"'
    if reply.updated is not None:
        told["lastModified"] = dates.stamp(reply.updated)
    response = b'"response":' + jsonio.dumps(told) + b"}"
    if full and reply.content:
        return b'{"resource":' + reply.content + b"," + response
    return b"{" + response


def _read(request: HttpRequest, by: Actor, one: Entry) -> bytes:
    """A GET entry: one resource, or a search of its kind."""
    kind = known_kind(one.kind)
    if one.id:
        policies.ask(by, Interaction.READ, kind)
        row = selectors.current(by=by, kind=kind, id=one.id)
        if row.deleted:
            raise Gone(detail={"pk": f"{kind}/{one.id}"})
        services.opened(by=by, patient=row.patient)
        content, tag = row.content, f',"etag":"W/\\"{row.version}\\""'.encode()
    else:
        policies.ask(by, Interaction.SEARCH, kind)
        query = parse(kind, one.condition)
        page = selectors.search(by=by, query=query)
        content, tag = searches.answer(request, by, query, page).content, b""
    return b'{"resource":' + content + b',"response":{"status":"200 OK"' + tag + b"}}"
