"""The ways to open a record that is not open, and the review of break-glass."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from emr.access import selectors as access_selectors
from emr.access import services as access
from emr.access.choices import Verdict
from emr.chart import selectors, services
from emr.chart.forms import BreakGlassForm, JudgeForm, OpenForm
from emr.index import selectors as index
from kernel.web.forms import keeps_input
from kernel.web.http import StaffRequest


def _ways(request: StaffRequest, patient_id: UUID) -> dict[str, Any]:
    """The page of a closed record: who this is (masked) and both forms."""
    card = index.card(by=request.actor, patient_id=patient_id)
    return {"card": card, "here": OpenForm(), "glass": BreakGlassForm(), **selectors.ways(by=request.actor)}


def _here_again(request: StaffRequest, patient_id: UUID) -> dict[str, Any]:
    return _ways(request, patient_id) | {"here": OpenForm(request.POST)}


@require_GET
def opening(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """Name, sex, age, home institution, and the ways to open the record."""
    if access_selectors.basis(by=request.actor, patient_id=patient_id) is not None:
        return redirect("emr:chart", patient_id)
    return render(request, "emr/open.html", _ways(request, patient_id))


@require_POST
@keeps_input("emr/open.html", OpenForm, context=_here_again)
def adopt(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """The patient stands here with her card: an own record for her."""
    form = OpenForm.valid(request)
    number = form.order()["id_number"]
    own = services.adopt(by=request.actor, key=form.key, patient_id=patient_id, id_number=number)
    return redirect("emr:chart", own.pk)


@require_POST
@keeps_input("emr/open.html", BreakGlassForm, context=_ways)
def break_glass(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """Open the record for four hours; 医务科 reviews."""
    form = BreakGlassForm.valid(request)
    access.break_glass(by=request.actor, key=form.key, patient_id=patient_id, **form.said())
    return redirect("emr:chart", patient_id)


@require_GET
def reviews(request: StaffRequest) -> HttpResponse:
    """Break-glass openings that wait for their verdict, or all."""
    page = selectors.review_page(by=request.actor, everything=request.GET.get("all") == "1")
    return render(request, "emr/reviews.html", {"page": page})


@require_POST
def read_for_review(request: StaffRequest, break_glass_id: UUID) -> HttpResponse:
    """The judge opens the record she judges about."""
    row = access.read_for_review(by=request.actor, break_glass_id=break_glass_id)
    return redirect("emr:chart", row.patient_id)


@require_GET
def glass_overview(request: StaffRequest) -> HttpResponse:
    """Break-glass openings as the security manager sees them: who, when, why, the verdict; never whose record."""
    lines = access_selectors.overview(by=request.actor)
    return render(request, "emr/glass_overview.html", {"lines": lines})


@require_GET
def review(request: StaffRequest, break_glass_id: UUID) -> HttpResponse:
    """One break-glass opening with what the system knows about it."""
    page = selectors.review(by=request.actor, break_glass_id=break_glass_id)
    form = JudgeForm(initial={"version": page.version})
    return render(request, "emr/review.html", {"page": page, "form": form})


def _review_again(request: StaffRequest, break_glass_id: UUID) -> dict[str, Any]:
    return {"page": selectors.review(by=request.actor, break_glass_id=break_glass_id)}


@require_POST
@keeps_input("emr/review.html", JudgeForm, context=_review_again)
def judge(request: StaffRequest, break_glass_id: UUID) -> HttpResponse:
    """The verdict."""
    form = JudgeForm.valid(request)
    said = form.order()
    access.judge(
        by=request.actor,
        break_glass_id=break_glass_id,
        version=form.version or 0,
        verdict=Verdict(said["verdict"]),
        text=said["text"],
    )
    return redirect("emr:reviews")
