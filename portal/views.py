"""Home, search and the parts of the frame that are fetched again."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from consortium.choices import Role
from kernel.web.http import StaffRequest
from portal import context, counts, guide, indicators, nav, selectors, services, sides, welfare
from portal.forms import SearchForm, ThemeForm

YEAR_SECONDS = 365 * 86400


@require_GET
def home(request: StaffRequest) -> HttpResponse:
    """What waits for the acting post, urgent first."""
    elsewhere = next((nav.HOMES[role] for role in request.actor.roles if role in nav.HOMES), None)
    if elsewhere:
        return redirect(elsewhere)
    page = selectors.home(by=request.actor)
    counts.keep(by=request.actor, desk=page.desk)
    draw = next((draw for role, draw in HOMES.items() if request.actor.has(role)), _queue)
    return draw(request, page)


def _queue(request: StaffRequest, page: selectors.Home) -> HttpResponse:
    """The home of who has work coming: what waits, by urgency and time left."""
    return render(request, "portal/home.html#queue" if request.htmx else "portal/home.html", {"page": page})


def _welfare(request: StaffRequest, page: selectors.Home) -> HttpResponse:
    """The home of the welfare officer."""
    told = welfare.page(by=request.actor, show=request.GET.get("show", ""))
    return render(request, "portal/welfare.html", {"page": told})


def _county(request: StaffRequest, page: selectors.Home) -> HttpResponse:
    """The home of who leads or counts."""
    told = indicators.county(by=request.actor, days=_days(request))
    return render(request, "portal/county.html", {"page": page, "county": told, **_spans(told.days)})


HOMES = {**dict.fromkeys(nav.COUNTING, _county), Role.WELFARE_OFFICER: _welfare}
"""Posts whose home is no queue."""


@require_GET
def indicator(request: StaffRequest, topic: str) -> HttpResponse:
    """One topic by institution: what the county's numbers are made of."""
    days = _days(request)
    told = indicators.topic(by=request.actor, name=topic, days=days)
    context = {"topic": topic, "title": indicators.TOPICS[topic], "figures": told, **_spans(days)}
    return render(request, "portal/indicator.html", context)


@require_GET
def wards_panel(request: StaffRequest) -> HttpResponse:
    """How full the head hospital's wards are."""
    return render(request, "portal/wards.html", {"wards": indicators.wards()})


def _days(request: StaffRequest) -> int:
    """The span asked for in the address; a month when none of those offered."""
    asked = request.GET.get("days", "")
    return int(asked) if asked in {str(one) for one in indicators.SPANS} else 30


def _spans(days: int) -> dict[str, Any]:
    """The choice of spans above the numbers."""
    words = {7: _("7 days"), 30: _("30 days"), 90: _("90 days")}
    filters = [
        {"url": f"?days={one}", "label": words[one], "current": one == days} for one in indicators.SPANS
    ]
    return {"days": days, "spans": filters}


@require_GET
def rail(request: StaffRequest) -> HttpResponse:
    """The rail with fresh numbers. `at`: path of the page it stands on."""
    told = counts.keep(by=request.actor, desk=selectors.desk(by=request.actor))
    path = request.GET.get("at", "/")
    by = request.actor
    office = selectors.at_office(by=by)
    entries = nav.entries(by.roles, path, told, context.centres_of(by), office=office)
    return render(request, "portal/rail.html", {"entries": entries, "path": path})


@require_GET
def recent_panel(request: StaffRequest) -> HttpResponse:
    """The patients this person saw last, beside the home's queue."""
    return render(request, "portal/recent.html", {"rows": sides.recent(by=request.actor)})


@require_GET
def onway_panel(request: StaffRequest) -> HttpResponse:
    """Where one's referred patients are now, beside the home's queue."""
    return render(request, "portal/onway.html", {"rows": sides.on_the_way(by=request.actor)})


@require_GET
def beds_panel(request: StaffRequest) -> HttpResponse:
    """Where the head hospital can take somebody now."""
    return render(request, "portal/beds.html", {"beds": sides.beds(by=request.actor)})


@require_GET
def critical_bar(request: StaffRequest) -> HttpResponse:
    """What must be read back now; fetched again when the push says so."""
    return render(request, "ui/critical_bar.html", {"alerts": selectors.alerts(by=request.actor)})


@require_http_methods(["GET", "POST"])
def search(request: StaffRequest) -> HttpResponse:
    """Persons by number, telephone, name or initials. An exact hit opens the chart at once (a card was read)."""
    form = SearchForm(request.POST or None)
    text = form.cleaned_data["q"] if form.is_valid() else ""
    result = services.search(by=request.actor, text=text)
    if result.only and not request.htmx:
        return redirect(result.only)
    template = "ui/found.html" if request.htmx else "portal/search.html"
    return render(request, template, {"result": result, "q": text})


@require_GET
def help_page(request: StaffRequest) -> HttpResponse:
    """What this post does here, whom it calls, what the signs mean. `all`: every part opened, for the printer."""
    page = guide.guide(by=request.actor)
    return render(request, "portal/help.html", {"page": page, "opened": "all" in request.GET})


@require_POST
def theme(request: StaffRequest) -> HttpResponse:
    """Light or dark, remembered on this computer; back to the page it was pressed on."""
    form = ThemeForm(request.POST)
    wanted = form.cleaned_data if form.is_valid() else {"theme": "light", "next": "/"}
    back = wanted["next"] if url_has_allowed_host_and_scheme(wanted["next"], request.get_host()) else "/"
    answer = redirect(back)
    answer.set_cookie(
        context.THEME_COOKIE, wanted["theme"], max_age=YEAR_SECONDS, samesite="Lax", httponly=True
    )
    return answer
