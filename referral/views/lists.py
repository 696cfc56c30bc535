"""Lists of legs."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_safe

from emr.capacity import selectors as capacity
from kernel.http import StaffRequest
from referral import selectors
from referral.selectors.board import TABS
from referral.selectors.board import counts as board_counts
from referral.views.leg import leg_context

TAB_WORDS = {
    "mine": _("At my side"),
    "running": pgettext_lazy("referral", "On the way"),
    "drafts": _("Drafts"),
    "ended": _("Ended"),
}


def _pane(request: StaffRequest, rows: list[selectors.Row]) -> dict[str, Any]:
    """The chosen leg beside the list: the one named in the address, else the first."""
    wanted = request.GET.get("row", "")
    chosen = next((row for row in rows if str(row.referral.pk) == wanted), rows[0] if rows else None)
    return leg_context(request, chosen.referral.pk) if chosen else {}


@require_safe
def board(request: StaffRequest) -> HttpResponse:
    """Legs by tab, urgent first, with the chosen one beside."""
    tab = request.GET.get("tab", "mine")
    tab = tab if tab in TABS else "mine"
    numbers = board_counts(by=request.actor)
    tabs = [
        {"url": f"?tab={key}", "label": TAB_WORDS[key], "current": key == tab, "number": numbers[key]}
        for key in TABS
    ]
    rows = selectors.board(by=request.actor, tab=tab)
    context = {"tabs": tabs, "tab": tab, "rows": rows, "title": _("Referrals"), **_pane(request, rows)}
    return render(request, "referral/board.html", context)


@require_safe
def arrivals(request: StaffRequest) -> HttpResponse:
    """Who is expected and who has come."""
    rows = selectors.arrivals(by=request.actor)
    context = {"rows": rows, "title": _("Arrivals"), **_pane(request, rows)}
    return render(request, "referral/board.html", context)


@require_safe
def followups(request: StaffRequest) -> HttpResponse:
    """Down legs whose plan runs."""
    rows = selectors.followups(by=request.actor)
    context = {"rows": rows, "title": _("Follow-ups"), **_pane(request, rows)}
    return render(request, "referral/board.html", context)


@require_safe
def beds(request: StaffRequest) -> HttpResponse:
    """Every ward of the own institution, bed by bed."""
    place = request.actor.organisation
    wards = capacity.board(place) if place else []
    return render(request, "referral/beds.html", {"wards": wards})


@require_safe
def stats(request: StaffRequest) -> HttpResponse:
    """Figures of the last 30 days."""
    return render(request, "referral/stats.html", {"figures": selectors.figures(by=request.actor)})


@require_safe
def patient_panel(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """Fragment for the chart: the patient's legs."""
    rows = selectors.legs_of(by=request.actor, patient_id=patient_id)
    may_refer = selectors.may_refer(by=request.actor)
    context = {"rows": rows, "patient_id": patient_id, "may_refer": may_refer}
    return render(request, "referral/patient_panel.html", context)
