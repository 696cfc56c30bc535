"""Every refusal of /fhir/ as an OperationOutcome with the right status."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any, Final
from uuid import uuid4

import orjson
from django.core.exceptions import RequestDataTooBig
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from emr.repository.engine.bundle import BadBundle
from emr.repository.engine.jsonio import NotJson
from emr.repository.engine.query import NotAsked
from emr.repository.engine.validation import Issue
from emr.repository.services import NotFhir
from kernel.errors import DomainError, TooLarge, Unavailable
from kernel.said import told
from kernel.web import http

log = logging.getLogger(__name__)

TYPE: Final = "application/fhir+json; charset=utf-8"
CODES: Final = {
    400: "invalid", 401: "login", 403: "forbidden", 404: "not-found", 405: "not-supported", 406: "not-supported",
    409: "conflict", 410: "deleted", 412: "conflict", 413: "too-long", 415: "not-supported", 422: "processing",
    429: "throttled", 503: "transient",
}  # fmt: skip
"""FHIR issue types of our statuses."""

View = Callable[..., HttpResponse]


def outcome(status: int, *issues: dict[str, Any]) -> HttpResponse:
    """An OperationOutcome of one or more issues."""
    body = {
        "resourceType": "OperationOutcome",
        "issue": issues or [issue("information", "informational", "")],
    }
    return HttpResponse(orjson.dumps(body), status=status, content_type=TYPE)


def issue(severity: str, code: str, text: str, path: str = "", detail: str = "") -> dict[str, Any]:
    """One issue; `detail` is the code of our own refusal, stable for machines."""
    told: dict[str, Any] = {"severity": severity, "code": code}
    if detail:
        told["details"] = {
            "coding": [{"system": "urn:lianyi:refusal", "code": detail}],
            "text": text or detail,
        }
    if text:
        told["diagnostics"] = text
    if path:
        told["expression"] = [path]
    return told


def refused(status: int, text: str, *, code: str = "", detail: str = "") -> HttpResponse:
    return outcome(status, issue("error", code or CODES.get(status, "processing"), text, detail=detail))


def found_issue(found: Issue, detail: str = "") -> dict[str, Any]:
    """What stands against a resource, in the reader's words."""
    return issue("error", found.code, told(found.text, found.words), found.path, detail)


def issues_of(error: DomainError) -> list[dict[str, Any]]:
    """A refusal of the house as FHIR issues."""
    if isinstance(error, NotFhir):
        return [found_issue(found, error.code) for found in error.issues]
    code = CODES.get(error.status, "processing")
    words = [
        issue("error", "invalid", f"{name}: {text}", detail=error.code) for name, text in error.fields.items()
    ]
    return words or [issue("error", code, str(error.message), detail=error.code)]


def render(request: HttpRequest, error: DomainError) -> HttpResponse:
    """The answer to a refusal; 401 says how to sign in."""
    response = outcome(error.status, *issues_of(error))
    if error.status == 401:
        response["WWW-Authenticate"] = 'Bearer realm="fhir"'
    return response


def as_refusal(error: Exception) -> DomainError | None:
    """What went wrong as a refusal of the house, None for a fault of ours."""
    if isinstance(error, DomainError):
        return error
    if isinstance(error, NotJson | NotAsked | BadBundle):
        return DomainError(told(error.text, error.words), code="not_understood")
    if isinstance(error, RequestDataTooBig):
        return TooLarge(_("The request is larger than this server takes."))
    if isinstance(error, OperationalError):
        log.warning("database: %s", error)
        return Unavailable(code="timeout")
    return None


def answered(view: View) -> View:
    """Let every error of `view` leave as an OperationOutcome; refusals are recorded."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except Exception as error:
            refusal = as_refusal(error)
            if refusal is None:
                number = uuid4().hex[:8]
                log.exception("FHIR request failed with number %s", number)
                return outcome(500, issue("fatal", "exception", _("Something went wrong here: %s") % number))
            http.record_refusal(request, refusal)
            return render(request, refusal)

    return guarded
