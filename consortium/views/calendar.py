"""Public holidays of the county and working hours of an institution."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from consortium import selectors, services
from consortium.forms.calendar import HoursForm, YearForm
from kernel.web.forms import bound, keeps_input
from kernel.web.http import StaffRequest

PAGE = "consortium/calendar.html"


def calendar_context(request: StaffRequest, organisation_id: UUID | None = None) -> dict[str, Any]:
    """The page with both forms, each as it came back or as things stand."""
    page = selectors.calendar_page(
        by=request.actor,
        year=request.GET.get("year", ""),
        place=str(organisation_id or request.GET.get("place", "")),
    )
    form = bound(request)
    return {
        "page": page,
        "year_form": form if isinstance(form, YearForm) else YearForm(initial=page.year_initial),
        "hours_form": form if isinstance(form, HoursForm) else HoursForm(initial=page.hours_initial),
    }


@require_safe
def calendar(request: StaffRequest) -> HttpResponse:
    """Which days count, and when an institution works."""
    return render(request, PAGE, calendar_context(request))


@require_POST
@keeps_input(PAGE, YearForm, context=calendar_context)
def set_year(request: StaffRequest) -> HttpResponse:
    """Keep a year's public holidays: the consortium office's 医务科."""
    selectors.keeps_calendar(by=request.actor)
    form = YearForm.valid(request)
    days = services.set_holidays(by=request.actor, **form.order())
    messages.success(request, _("Kept: %(days)s days.") % {"days": days})
    return redirect(f"{reverse('consortium:calendar')}?year={form.cleaned_data['year']}")


@require_POST
@keeps_input(PAGE, HoursForm, context=calendar_context)
def set_hours(request: StaffRequest, organisation_id: UUID) -> HttpResponse:
    """Keep an institution's working hours."""
    selectors.keeps_hours(by=request.actor, organisation_id=organisation_id)
    form = HoursForm.valid(request)
    services.set_hours(by=request.actor, organisation_id=organisation_id, week=form.week(), version=form.seen)
    messages.success(request, _("Kept. It counts for times that begin from now on."))
    return redirect(f"{reverse('consortium:calendar')}?place={organisation_id}")
