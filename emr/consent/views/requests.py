"""Requests of persons: the list by due date, the answer, the letter, the copy."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from emr.consent import selectors, services
from emr.consent.forms import AnswerForm, CopyForm
from kernel.web.forms import keeps_input
from kernel.web.http import StaffRequest


@require_GET
def requests(request: StaffRequest) -> HttpResponse:
    """What waits for an answer, or all."""
    everything = request.GET.get("all") == "1"
    lines = selectors.requests_page(by=request.actor, everything=everything)
    return render(request, "emr/requests.html", {"lines": lines, "everything": everything})


def _page(request: StaffRequest, request_id: UUID) -> dict[str, Any]:
    line = selectors.request_line(by=request.actor, request_id=request_id)
    return {
        "line": line,
        "card": line.patient,
        "form": AnswerForm(initial={"version": line.version}),
        "copying": CopyForm(),
    }


@require_GET
def request(request: StaffRequest, request_id: UUID) -> HttpResponse:
    """One request and what may be done with it."""
    return render(request, "emr/request.html", _page(request, request_id))


@require_POST
@keeps_input("emr/request.html", AnswerForm, context=_page)
def answer(request: StaffRequest, request_id: UUID) -> HttpResponse:
    """The answer in words."""
    form = AnswerForm.valid(request)
    said, version = form.order(), form.version or 0
    services.answer(
        by=request.actor,
        request_id=request_id,
        version=version,
        granted=said["granted"] == "yes",
        text=said["text"],
    )
    return redirect("emr:request", request_id)


@require_POST
@keeps_input("emr/request.html", CopyForm, context=_page)
def lift(request: StaffRequest, request_id: UUID) -> HttpResponse:
    """The person no longer wants her restriction."""
    form = CopyForm.valid(request)
    services.lift(by=request.actor, request_id=request_id, version=form.version or 0)
    return redirect("emr:request", request_id)


@require_GET
def letter(request: StaffRequest, request_id: UUID) -> HttpResponse:
    """The answer on paper."""
    return render(request, "emr/request_letter.html", _page(request, request_id))


@never_cache
@require_POST
@keeps_input("emr/request.html", CopyForm, context=_page)
def copy(request: StaffRequest, request_id: UUID) -> HttpResponse:
    """The record to read and to print, for the person."""
    purpose = CopyForm.valid(request).order()["purpose"]
    made = services.export(by=request.actor, request_id=request_id, purpose=purpose)
    return render(request, "emr/record_copy.html", {"copy": made, "card": made.card})


@never_cache
@require_POST
@keeps_input("emr/request.html", CopyForm, context=_page)
def bundle(request: StaffRequest, request_id: UUID) -> HttpResponse:
    """The record for another system, as FHIR."""
    purpose = CopyForm.valid(request).order()["purpose"]
    made = services.export(by=request.actor, request_id=request_id, purpose=purpose)
    answer = HttpResponse(made.bundle, content_type="application/fhir+json; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="record-{request_id}.json"'
    return answer
