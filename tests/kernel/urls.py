"""Addresses that refuse in every way, for the tests of the edge."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.http import require_POST
from rest_framework import exceptions as drf
from rest_framework.decorators import api_view, authentication_classes, permission_classes
from rest_framework.response import Response

from kernel import errors
from kernel.web.forms import OrderForm, keeps_input

ERRORS = {name: kind for name, kind in vars(errors).items() if isinstance(kind, type)} | {
    "PermissionDenied": PermissionDenied,
    "Crash": ZeroDivisionError,
    "OperationalError": OperationalError,
    "InterfaceError": InterfaceError,
}
API_ERRORS = ERRORS | {
    "Wrong": drf.ValidationError({"name": ["too long", "odd"], "rows": [{"code": ["missing"]}]}),
    "Plain": drf.ValidationError(["all wrong"]),
    "Anonymous": drf.NotAuthenticated(),
    "Denied": drf.PermissionDenied(),
    "Method": drf.MethodNotAllowed("PUT"),
}


class NoteForm(OrderForm):
    text = forms.CharField(max_length=5)
    file = forms.FileField(required=False)


class BareForm(forms.Form):
    text = forms.CharField(max_length=5)


def raising(request: HttpRequest, name: str) -> HttpResponse:
    if name == "Fields":
        raise errors.Invalid(fields={"name": "too long"})
    if name == "Often":
        raise errors.TooMany(detail={"retry_after": 7})
    if name == "Reached":
        raise errors.OutOfReach(detail={"action": "view", "model": "referral.referral", "pk": "r-1"})
    raise ERRORS[name]()


@api_view(["GET", "POST"])
@authentication_classes([])
@permission_classes([])
def api(request: Any, name: str) -> Response:
    error = API_ERRORS[name]
    raise error() if isinstance(error, type) else error


@require_POST
def posted(request: HttpRequest) -> HttpResponse:
    return HttpResponse("taken")


def page(request: HttpRequest, **given: Any) -> dict[str, Any]:
    return {"patient": "p-1"}


@keeps_input("kernel_tests/note.html", context=page, fragment="kernel_tests/part.html")
def note(request: HttpRequest) -> HttpResponse:
    form = NoteForm.valid(request)
    if form.order()["text"] == "taken":
        raise errors.Invalid(fields={"text": "is taken", "elsewhere": "is wrong"})
    if form.order()["text"] == "late":
        raise errors.Conflict("somebody was faster")
    return HttpResponse(f"{form.version} {form.key} {form.order()['text']}")


@keeps_input("kernel_tests/note.html", BareForm)
def bare(request: HttpRequest) -> HttpResponse:
    raise errors.Invalid("nothing here is right")


@keeps_input("kernel_tests/note.html")
def formless(request: HttpRequest) -> HttpResponse:
    raise errors.Invalid("no form")


urlpatterns = [
    path("raise/<name>/", raising),
    path("fhir/raise/<name>/", raising),
    path("api/v1/raise/<name>/", api),
    path("api/v1/plain/<name>/", raising),
    path("posted/", posted),
    path("note/", note),
    path("bare/", bare),
    path("formless/", formless),
]
handler404 = "kernel.web.http.not_found"
handler500 = "kernel.web.http.server_error"
