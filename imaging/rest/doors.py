"""The edge of DICOMweb: who calls, what a refusal looks like, which opening a look belongs to."""

import functools
import logging
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

import orjson
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.csrf import csrf_exempt

from consortium import api_auth
from emr.access import selectors as access
from imaging import policies, services
from imaging.engine.query import Unanswerable
from kernel.actor import Actor
from kernel.errors import DomainError, OutOfReach, Refused, SignInRequired
from kernel.said import told
from kernel.web.http import record_refusal

logger = logging.getLogger(__name__)

DICOM_JSON: Final = "application/dicom+json"
OPENED_SECONDS: Final = 600
OPENED_MOST: Final = 4_096

View = Callable[..., HttpResponseBase]
Sql = tuple[str, list[Any]]


class NotAcceptable(DomainError):
    """None of the forms the caller takes can be made (406)."""

    status, code = 406, "not_acceptable"


class NotUnderstood(DomainError):
    """The request itself is malformed (400)."""


def door(view: View) -> View:
    """Give the view its caller (`by`); a refusal becomes JSON and, where it must, an audit row."""

    @csrf_exempt
    @functools.wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            by = api_auth.actor_of(request)
            request.actor = by  # type: ignore[attr-defined]  # what kernel.web.http.actor_of reads
            return view(request, *args, by=by, **kwargs)
        except Unanswerable as error:
            return refusal(NotUnderstood(told(error.text, error.words)))
        except DomainError as error:
            record_refusal(request, error)
            return refusal(error)

    answered.login_required = False  # type: ignore[attr-defined]  # the door asks by itself
    return answered


def refusal(error: DomainError) -> HttpResponse:
    body = orjson.dumps({"detail": str(error.message), "code": error.code})
    response = HttpResponse(body, status=error.status, content_type="application/json")
    response["Cache-Control"] = "no-store"
    if isinstance(error, SignInRequired):
        response["WWW-Authenticate"] = "Bearer"
    return response


def visible(by: Actor) -> Sql:
    """SQL predicate over `imaging_study st`: the studies this caller may see. Raises Refused (403)."""
    if not policies.views_pictures(by):
        raise Refused(detail={"action": "view", "model": "imaging.study"})
    predicate, parameters = access.visible("st", by, kind="ImagingStudy")
    if not policies.sees_unassigned(by):
        predicate = f"(st.patient_id IS NOT NULL AND {predicate})"
    return predicate, parameters


_opened: OrderedDict[tuple[str, str, UUID | None, str], float] = OrderedDict()


def opening(by: Actor, study_uid: str) -> None:
    """Open the study before its first byte leaves. Within ten minutes one process does not ask again: the
    record's own opening lasts longer, and every query carries the predicate itself."""
    key = (by.name, by.session, by.organisation, study_uid)
    now = time.monotonic()
    if _opened.get(key, 0.0) > now:
        return
    services.open_study(by=by, study_uid=study_uid)
    _opened[key] = now + OPENED_SECONDS
    while len(_opened) > OPENED_MOST:
        _opened.popitem(last=False)


def nothing_here() -> OutOfReach:
    """404, the same for what is not there and what is not open."""
    return OutOfReach(detail={"action": "view", "model": "imaging.study"})
