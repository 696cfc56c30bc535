"""One FHIR request: who asks, what body it brings, and the answers in bytes."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.http import http_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consortium import api_auth
from emr.repository.choices import KINDS
from emr.repository.engine import jsonio
from emr.repository.rest.errors import TYPE
from emr.repository.selectors import Row
from kernel.actor import Actor
from kernel.errors import DomainError, OutOfReach, TooLarge, UnsupportedContent

JSON_TYPES: Final = frozenset(
    {"application/fhir+json", "application/json", "text/json", "application/json+fhir"}
)
LARGEST: Final = 20 * 1024 * 1024
"""Bytes of one request body."""


class NotAcceptable(DomainError):
    """Only JSON is served (406)."""

    status, code = 406, "only_json"
    message = gettext_lazy("application/fhir+json is the only format served here.")


def actor(request: HttpRequest) -> Actor:
    """Who asks: a bearer token's client or somebody signed in at the portal. Raises SignInRequired."""
    known = api_auth.actor_of(request)
    request.actor = known  # type: ignore[attr-defined]  # read by kernel.web.http when it records a refusal
    return known


def known_kind(kind: str) -> str:
    """A kind stored here. Raises OutOfReach (404)."""
    if kind not in KINDS:
        words = {"kind": kind[:64]}
        raise OutOfReach(_("%(kind)s is not stored here.") % words, code="unknown_type", detail=words)
    return kind


def demand_json(request: HttpRequest) -> None:
    """Raise NotAcceptable when the caller takes no JSON."""
    asked = request.GET.get("_format") or request.META.get("HTTP_ACCEPT", "")
    if "xml" in asked and "json" not in asked and "*/*" not in asked:
        raise NotAcceptable


def body(request: HttpRequest) -> Any:
    """The JSON document sent. Raises TooLarge (413), UnsupportedContent (415), NotJson (400)."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if length.isdigit() and int(length) > min(LARGEST, settings.DATA_UPLOAD_MAX_MEMORY_SIZE or LARGEST):
        raise TooLarge(_("The request is larger than this server takes."))
    if request.content_type and request.content_type not in JSON_TYPES:
        raise UnsupportedContent(_("Send application/fhir+json."))
    return jsonio.loads(request.body)


def resource_of(request: HttpRequest) -> dict[str, Any]:
    """The resource sent; an object. Raises as `body`."""
    document = body(request)
    if not isinstance(document, dict):
        raise jsonio.NotJson("a resource is a JSON object")
    return document


_bases: Final[dict[tuple[str | None, str], str]] = {}
"""(scheme, Host) -> the address, once that host was found to be allowed."""
MOST_BASES: Final = 100


def base(request: HttpRequest) -> str:
    """The address of this FHIR server as the caller knows it, without a slash at the end."""
    asked = request.scheme, request.META.get("HTTP_HOST", "")
    known = _bases.get(asked)
    if known is None:
        known = f"{request.scheme}://{request.get_host()}/fhir"
        if asked[1] and len(_bases) < MOST_BASES:
            _bases[asked] = known
    return known


last_modified: Final = lru_cache(maxsize=1024)(http_date)
"""Seconds since 1970 as HTTP says them; a monitor's values of one second come together."""


def served(request: HttpRequest, row: Row, *, status: int = 200, location: bool = False) -> HttpResponse:
    """The stored bytes with their version; on a write, what the caller prefers to get back."""
    prefer = request.META.get("HTTP_PREFER", "") if location else ""
    if "return=minimal" in prefer:
        content = b""
    elif "return=OperationOutcome" in prefer:
        content = (
            b'{"resourceType":"OperationOutcome","issue":[{"severity":"information","code":"informational"}]}'
        )
    else:
        content = row.content
    response = HttpResponse(content, status=status, content_type=TYPE)
    response["ETag"] = f'W/"{row.version}"'
    response["Last-Modified"] = last_modified(int(row.updated.timestamp()))
    response["Cache-Control"] = "no-store"
    if location:
        response["Location"] = f"{base(request)}/{row.kind}/{row.id}/_history/{row.version}"
    return response


def expected_version(text: str) -> int | None:
    """The version in `If-Match: W/"3"`, None without one. Raises NotJson-like 400 for anything else."""
    if not text:
        return None
    digits = text.strip().removeprefix("W/").strip('"')
    if not digits.isascii() or not digits.isdigit():
        raise DomainError(_('If-Match is written W/"3".'), code="bad_etag")
    return int(digits[:9])


def bundle(
    kind: str, links: Iterable[tuple[str, str]], entries: Iterable[bytes], total: int | None = None
) -> HttpResponse:
    """A Bundle put together from bytes."""
    head: dict[str, Any] = {"resourceType": "Bundle", "type": kind}
    if total is not None:
        head["total"] = total
    if listed := [{"relation": relation, "url": url} for relation, url in links]:
        head["link"] = listed
    parts = b",".join(entries)
    start = jsonio.dumps(head)[:-1]
    content = start + (b',"entry":[' + parts + b"]}" if parts else b"}")
    response = HttpResponse(content, content_type=TYPE)
    response["Cache-Control"] = "no-store"
    return response
