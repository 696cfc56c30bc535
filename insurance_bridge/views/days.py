"""The insurance clerk's day close."""

from typing import Any
from uuid import UUID

from django.contrib import messages as flash
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from insurance_bridge import selectors, services
from insurance_bridge.forms import CaseForm
from insurance_bridge.selectors.days import date_of
from kernel import clock
from kernel.web.forms import OrderForm, again, fresh_key, keeps_input
from kernel.web.http import StaffRequest

PAGE = "insurance_bridge/day.html"


@require_safe
def days(request: StaffRequest) -> HttpResponse:
    """The last days, and today."""
    rows = selectors.days(by=request.actor)
    return render(request, "insurance_bridge/days.html", {"days": rows, "today": clock.today()})


def day_context(request: StaffRequest, day: str, chosen: str = "") -> dict[str, Any]:
    """What the page of a day shows; the case it is opened at is the one in the address."""
    case = chosen or request.GET.get("case", "")
    page = selectors.day_page(by=request.actor, day_date=date_of(day), chosen=case)
    version = page.chosen.case.version if page.chosen else None
    case_form = again(request, CaseForm(initial={"version": version}))
    return {"page": page, "case_form": case_form, "fresh_key": fresh_key()}


def case_context(request: StaffRequest, day: str, case_id: UUID) -> dict[str, Any]:
    """A sentence about a case stands beside this case, not beside the first one."""
    return day_context(request, day, str(case_id))


@require_safe
def day(request: StaffRequest, day: str) -> HttpResponse:
    """One day: groups, cases, the chosen case."""
    return render(request, PAGE, day_context(request, day))


@require_POST
@keeps_input(PAGE, OrderForm, context=day_context)
def compare(request: StaffRequest, day: str) -> HttpResponse:
    """Compare the day with the centre."""
    services.compare_day(by=request.actor, day_date=date_of(day))
    flash.info(request, _("The comparison is under way; this page fills as the centre answers."))
    return redirect("insurance_bridge:day", day)


@require_POST
@keeps_input(PAGE, CaseForm, context=case_context)
def end_case(request: StaffRequest, day: str, case_id: UUID) -> HttpResponse:
    """End a case with a note."""
    form = CaseForm.valid(request)
    services.end_case(
        by=request.actor,
        case_id=case_id,
        version=form.version or 0,
        accepted=form.cleaned_data["accepted"] == "1",
        note=form.cleaned_data["note"],
    )
    return redirect("insurance_bridge:day", day)


@require_POST
@keeps_input(PAGE, OrderForm, context=day_context)
def close(request: StaffRequest, day: str) -> HttpResponse:
    """Close the day."""
    form = OrderForm.valid(request)
    page = selectors.day_page(by=request.actor, day_date=date_of(day))
    if page.day is not None:
        services.close_day(by=request.actor, day_id=page.day.pk, version=form.version or 0)
    return redirect("insurance_bridge:day", day)
