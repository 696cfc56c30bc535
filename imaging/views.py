"""Pages of imaging: the worklist, the reading page with the picture, the two shelves of technologists."""

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
from imaging.forms import AssignForm, CloseForm, chosen
from kernel.http import StaffRequest


@require_safe
def worklist(request: StaffRequest) -> HttpResponse:
    """The reading centre's list: urgent first, then the first due."""
    filters = Filters(tab=request.GET.get("tab", "open"), modality=request.GET.get("modality", ""))
    context = {
        "cases": diagnostics.worklist(by=request.actor, modality_group=Group.IMAGING, filters=filters),
        "counts": diagnostics.counts(by=request.actor, group=Group.IMAGING),
        "shelves": selectors.shelf_counts(by=request.actor),
        "filters": filters,
    }
    return render(request, "imaging/worklist.html", context)


@require_safe
def following(request: StaffRequest) -> HttpResponse:
    """The most urgent case nobody reads yet; the list when there is none."""
    after = chosen(request.GET.get("after"))
    found = diagnostics.next_case(by=request.actor, group=Group.IMAGING, after=after)
    if found is None:
        messages.success(request, _("Everything is read. New cases appear here by themselves."))
        return redirect("imaging:worklist")
    return redirect("imaging:read", found)


@require_safe
def read(request: StaffRequest, request_id: UUID) -> HttpResponse:
    """The picture left, the report right. Opening it opens the patient's record."""
    reading = diagnostics_services.open_reading(by=request.actor, request_id=request_id)
    shown = selectors.viewing(by=request.actor, request_id=request_id, chosen=request.GET)
    context = {"reading": reading, "viewing": shown}
    return render(request, "imaging/read.html", context)


@require_safe
def unmatched(request: StaffRequest) -> HttpResponse:
    """Studies without a request."""
    context = {"rows": selectors.unmatched(by=request.actor), "shelves": selectors.shelf_counts(by=request.actor)}
    return render(request, "imaging/unmatched.html", context)


@require_safe
def held(request: StaffRequest, study_id: UUID) -> HttpResponse:
    """One study beside the request it might belong to."""
    study = selectors.held(by=request.actor, study_id=study_id, request_id=chosen(request.GET.get("request")))
    form = AssignForm(initial=study.order) if study.chosen else None
    return render(request, "imaging/held.html", {"held": study, "form": form})


@require_POST
def assign(request: StaffRequest, study_id: UUID) -> HttpResponse:
    """Give the study to the chosen request."""
    form = AssignForm(request.POST)
    if not form.is_valid():
        study = selectors.held(by=request.actor, study_id=study_id, request_id=chosen(request.POST.get("request_id")))
        return render(request, "imaging/held.html", {"held": study, "form": form}, status=422)
    services.assign(by=request.actor, study_id=study_id, **form.cleaned_data)
    messages.success(request, _("The study is assigned; the case is on the reading list."))
    return redirect("imaging:unmatched")


@require_safe
def quarantine(request: StaffRequest) -> HttpResponse:
    """Objects that could not be filed."""
    context = {"rows": selectors.put_aside(by=request.actor), "shelves": selectors.shelf_counts(by=request.actor)}
    return render(request, "imaging/quarantine.html", context)


@require_POST
def close(request: StaffRequest, quarantined_id: UUID) -> HttpResponse:
    """An object put aside was dealt with."""
    form = CloseForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say what was done about it."))
        return redirect("imaging:quarantine")
    services.close_quarantined(by=request.actor, quarantined_id=quarantined_id, **form.cleaned_data)
    messages.success(request, _("Dealt with; the bytes are kept."))
    return redirect("imaging:quarantine")
