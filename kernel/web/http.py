"""The edge: what a refusal looks like to a browser, to htmx and to a program, and that it is recorded.

Add `kernel.web.http.DomainErrorMiddleware` at the end of both middleware lists. A room with an error format of
its own names it in the setting ERROR_RENDERERS: {"/fhir/": "emr.repository.rest.errors.render"}, called as
`render(request, error)`.
"""

import logging
import sys
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote, urlsplit
from uuid import uuid4

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import InterfaceError, OperationalError
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
    JsonResponse,
)
from django.template.loader import get_template, render_to_string, select_template
from django.utils.cache import patch_vary_headers
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django_htmx.middleware import HtmxDetails

from kernel import audit
from kernel.actor import Actor, Kind
from kernel.errors import (
    Conflict,
    DomainError,
    NotThisWay,
    OutOfReach,
    Refused,
    SignInRequired,
    TooMany,
    Unavailable,
)
from kernel.files.reading import Damaged
from kernel.web.addresses import source_of

__all__ = [
    "DomainErrorMiddleware",
    "StaffRequest",
    "actor_of",
    "api_exception_handler",
    "crossed",
    "csrf_failure",
    "error_response",
    "not_found",
    "record_refusal",
    "server_error",
    "wants_json",
]

log = logging.getLogger(__name__)

MACHINES: Final = ("/api/", "/oauth/", "/dicomweb/")
BACK_SECONDS: Final = 15
"""After which a page that found no database looks again by itself."""
Renderer = Callable[[HttpRequest, DomainError], HttpResponseBase]


class StaffRequest(HttpRequest):
    """A request of the portal: who acts, and whether htmx asks.

    `came_at`: when this page was first asked for, where a sign-in stood between.
    """

    actor: Actor
    came_at: datetime | None
    htmx: HtmxDetails


class DomainErrorMiddleware:
    """Turns a DomainError of a view into its answer, after the verb's transaction has rolled back."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        answer = self.get_response(request)
        if isinstance(answer, HttpResponseNotAllowed) and not answer.content:
            refused = error_response(request, NotThisWay())
            refused["Allow"] = answer["Allow"]
            return refused
        return answer

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        exception = crossed(exception) or exception
        if isinstance(exception, DomainError):
            record_refusal(request, exception)
            return error_response(request, exception)
        if isinstance(exception, PermissionDenied):
            refused = Refused()
            record_refusal(request, refused)
            return error_response(request, refused)
        return None


CROSSED: Final = frozenset({"40001", "40P01"})
"""SQLSTATE of serialization_failure and deadlock_detected: PostgreSQL gave one of two transactions up."""


def crossed(exception: Exception) -> Conflict | None:
    """The refusal that says the same as a transaction given up for another's sake, which has left nothing behind."""
    if not isinstance(exception, OperationalError):
        return None
    if getattr(exception.__cause__, "sqlstate", "") not in CROSSED:
        return None
    sentence = _(
        "Somebody else changed the same at the same moment. Nothing was saved; please send it again."
    )
    return Conflict(sentence, code="crossed")


def actor_of(request: HttpRequest) -> Actor:
    """Who acts, or an unnamed caller at this address where nobody is known."""
    known = getattr(request, "actor", None)
    if isinstance(known, Actor):
        return known
    return Actor(kind=Kind.CLIENT, name="unknown", address=source_of(request))


def record_refusal(request: HttpRequest, error: DomainError) -> None:
    """Write a refusal (403), an out-of-reach row (404) or a damaged file into the audit chain, once."""
    damaged = isinstance(error, Damaged) and not error.recorded
    if not (damaged or isinstance(error, Refused | OutOfReach)):
        return
    action = {403: "access.refused", 404: "access.out_of_reach"}.get(error.status, "file.damaged")
    detail = {**error.detail, "code": error.code, "method": request.method or "", "path": request.path[:200]}
    if "action" in detail:
        detail["wanted"] = detail.pop("action")
    audit.record_refusal(by=actor_of(request), action=action, detail=detail)


def error_response(request: HttpRequest, error: DomainError) -> HttpResponseBase:
    """The answer in the form the caller reads: a room's own, JSON, an htmx fragment or a page."""
    for prefix, name in getattr(settings, "ERROR_RENDERERS", {}).items():
        if request.path_info.startswith(prefix):
            render: Renderer = import_string(name)
            return finished(render(request, error), error)
    if wants_json(request):
        return finished(JsonResponse(as_json(error), status=error.status), error)
    if request.headers.get("HX-Request"):
        return finished(_fragment(request, error), error)
    if isinstance(error, SignInRequired) and request.method in {"GET", "HEAD"}:
        return HttpResponseRedirect(f"{settings.LOGIN_URL}?next={quote(request.get_full_path())}")
    return finished(_page(request, error), error)


def as_json(error: DomainError) -> dict[str, Any]:
    """`{"detail", "code", "fields"}`, in the caller's language."""
    fields = {name: str(words) for name, words in error.fields.items()}
    return {"detail": str(error.message), "code": error.code, "fields": fields}


def wants_json(request: HttpRequest) -> bool:
    """Whether a program asks, rather than a page or a part of one."""
    if request.path_info.startswith(MACHINES):
        return True
    if request.headers.get("HX-Request"):
        return False
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"


def finished(response: HttpResponseBase, error: DomainError) -> HttpResponseBase:
    """The headers every refusal carries: never stored, when to come back, how to sign in."""
    if isinstance(error, TooMany) and "retry_after" in error.detail:
        response["Retry-After"] = str(error.detail["retry_after"])
    if isinstance(error, SignInRequired):
        response.setdefault("WWW-Authenticate", "Bearer")
    response["Cache-Control"] = "no-store"
    patch_vary_headers(response, ["Accept", "HX-Request"])
    return response


def _fragment(request: HttpRequest, error: DomainError) -> HttpResponse:
    """A note at the top of the page that asked; whatever stood in the target stays."""
    if isinstance(error, SignInRequired):
        return HttpResponse(status=error.status, headers={"HX-Redirect": settings.LOGIN_URL})
    headers = {"HX-Retarget": "#main", "HX-Reswap": "afterbegin show:top"}
    return HttpResponse(_note(request, error), status=error.status, headers=headers)


def _words(error: DomainError) -> dict[str, Any]:
    return {"text": error.message, "status": error.status, "fields": dict(error.fields), "error": error}


def _page(request: HttpRequest, error: DomainError) -> HttpResponse:
    shell = select_template(["base.html", "kernel/bare.html"])
    context = {**_words(error), "shell_template": shell, "note": _note(request, error)}
    if request.method == "POST":
        context["back"] = _came_from(request)
    return HttpResponse(get_template("kernel/error.html").render(context, request), status=error.status)


def _came_from(request: HttpRequest) -> str:
    """The page of this house whose form was sent; "" when the browser does not say."""
    told = urlsplit(request.headers.get("Referer", ""))
    if told.netloc != request.get_host():
        return ""
    return f"{told.path}?{told.query}" if told.query else told.path


def _note(request: HttpRequest, error: DomainError) -> str:
    """Sentence and fields as the house's component shows them; kernel's own where there is none."""
    note: str = select_template(["ui/error.html", "kernel/note.html"]).render(_words(error), request)
    return note


def api_exception_handler(exc: Exception, context: dict[str, Any]) -> HttpResponseBase | None:
    """DRF's EXCEPTION_HANDLER: every refusal of the workflow API as `{"detail", "code", "fields"}`."""
    from kernel.web import drf  # lazy: DRF loads the rooms' authentication classes, which import this module

    return drf.answer(exc, context)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponseBase:
    """CSRF_FAILURE_VIEW: the page was opened too long ago, or its form did not come from here."""
    log.warning("form token refused at %s: %s", request.path, reason)
    sentence = _("This page was open for too long. Go back, load it again and send it once more.")
    return error_response(request, Refused(sentence, code="form_token"))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """handler404: no such address."""
    return error_response(request, OutOfReach())


def server_error(request: HttpRequest, beside: Mapping[str, Any] | None = None) -> HttpResponse:
    """handler500: something broke, or the database is away (503). Says a number that stands in the log too.

    Needs no database. `beside`: what else the page shows, `theme` and `telephone` of the help desk.
    """
    number = uuid4().hex[:8]
    away = isinstance(sys.exc_info()[1], OperationalError | InterfaceError)
    status = Unavailable.status if away else 500
    log.error("answered %d with number %s at %s", status, number, request.path)
    headers = {"Cache-Control": "no-store", **({"Retry-After": str(BACK_SECONDS)} if away else {})}
    if wants_json(request):
        detail = str(Unavailable.message) if away else _("Something went wrong here.")
        return JsonResponse({"detail": detail, "code": number, "fields": {}}, status=status, headers=headers)
    again = away and request.method in {"GET", "HEAD"}
    words = {"number": number, "again": BACK_SECONDS if again else 0, **(beside or {})}
    page = render_to_string("kernel/away.html" if away else "kernel/broken.html", words)
    return HttpResponse(page, status=status, headers=headers)
