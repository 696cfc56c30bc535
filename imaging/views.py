"""Pages of imaging: the worklist, the reading page with the picture, the two shelves of technologists."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from diagnostics import selectors as diagnostics
from diagnostics import services as diagnostics_services
from diagnostics.choices import Group
from diagnostics.selectors import Filters
from imaging import selectors, services
from imaging.forms import AssignForm, CloseForm, TakeBackForm, chosen
from kernel.web.forms import keeps_input
from kernel.web.http import StaffRequest


@require_safe
def worklist(request: StaffRequest) -> HttpResponse:
    """The reading centre's list: urgent first, then the first due."""
    filters = Filters(tab=request.GET.get("tab", "open"), modality=request.GET.get("modality", ""))
    context = {
        "cases": diagnostics.worklist(by=request.actor, modality_group=Group.IMAGING, filters=filters),
        "counts": diagnostics.counts(by=request.actor, group=Group.IMAGING),
        "shelves": selectors.shelf_counts(by=request.actor),
        "filters": filters,
        "reads": diagnostics.reads(request.actor),
    }
    return render(request, "imaging/worklist.html", context)


def read_page(request: StaffRequest, request_id: UUID, study_id: UUID | None = None) -> dict[str, Any]:
    """One case: opening it opens the patient's record."""
    reading = diagnostics_services.open_reading(by=request.actor, request_id=request_id)
    shown = selectors.viewing(by=request.actor, reading=reading, chosen=request.GET)
    return {"reading": reading, "viewing": shown}


@require_safe
def read(request: StaffRequest, request_id: UUID) -> HttpResponse:
    """The picture left, the report right."""
    return render(request, "imaging/read.html", {**read_page(request, request_id), "form": TakeBackForm()})


@require_POST
@keeps_input("imaging/read.html", TakeBackForm, context=read_page)
def take_back(request: StaffRequest, request_id: UUID, study_id: UUID) -> HttpResponse:
    """The study is another person's: it waits to be assigned again at the place that made it."""
    form = TakeBackForm.valid(request)
    services.take_back(by=request.actor, study_id=study_id, request_id=request_id, **form.order())
    messages.success(request, _("Taken back. The place that made it has been asked to assign it again."))
    return redirect("imaging:read", request_id)


@require_safe
def unmatched(request: StaffRequest) -> HttpResponse:
    """Studies without a request."""
    context = {
        "rows": selectors.unmatched(by=request.actor),
        "shelves": selectors.shelf_counts(by=request.actor),
    }
    return render(request, "imaging/unmatched.html", context)


@require_safe
def held(request: StaffRequest, study_id: UUID) -> HttpResponse:
    """One study beside the request it might belong to."""
    study = selectors.held(by=request.actor, study_id=study_id, request_id=chosen(request.GET.get("request")))
    form = AssignForm(initial=study.order) if study.chosen else None
    return render(request, "imaging/held.html", {"held": study, "form": form})


def held_again(request: StaffRequest, study_id: UUID) -> dict[str, Any]:
    """The page of one study, as it was when the form was sent."""
    request_id = chosen(request.POST.get("request_id"))
    return {"held": selectors.held(by=request.actor, study_id=study_id, request_id=request_id)}


@require_POST
@keeps_input("imaging/held.html", AssignForm, context=held_again)
def assign(request: StaffRequest, study_id: UUID) -> HttpResponse:
    """Give the study to the chosen request."""
    form = AssignForm.valid(request)
    services.assign(by=request.actor, study_id=study_id, version=form.version or 0, **form.order())
    messages.success(request, _("The study is assigned; the case is on the reading list."))
    return redirect("imaging:unmatched")


@require_safe
def quarantine(request: StaffRequest) -> HttpResponse:
    """Objects that could not be filed."""
    context = {
        "rows": selectors.put_aside(by=request.actor),
        "shelves": selectors.shelf_counts(by=request.actor),
    }
    return render(request, "imaging/quarantine.html", context)


def shelf_again(request: StaffRequest, quarantined_id: UUID) -> dict[str, Any]:
    return {
        "typed": quarantined_id,
        "rows": selectors.put_aside(by=request.actor),
        "shelves": selectors.shelf_counts(by=request.actor),
    }


@require_POST
@keeps_input("imaging/quarantine.html", CloseForm, context=shelf_again)
def close(request: StaffRequest, quarantined_id: UUID) -> HttpResponse:
    """An object put aside was dealt with."""
    form = CloseForm.valid(request)
    services.close_quarantined(
        by=request.actor, quarantined_id=quarantined_id, version=form.version or 0, **form.order()
    )
    messages.success(request, _("Dealt with; the bytes are kept."))
    return redirect("imaging:quarantine")
