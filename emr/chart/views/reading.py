"""Read a chart, one encounter, and open a chart from a branch's own system."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from emr.access import selectors as access_selectors
from emr.access import services as access
from emr.chart import selectors, services
from kernel.web.http import StaffRequest


@require_GET
def chart(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """A patient's chart; without a basis the page that offers the ways to open it."""
    if access_selectors.basis(by=request.actor, patient_id=patient_id) is None:
        return redirect("emr:open", patient_id)
    access.open_record(by=request.actor, patient_id=patient_id)
    tab, only = request.GET.get("tab", "summary"), request.GET.get("only", "")
    page = selectors.chart_page(by=request.actor, patient_id=patient_id, tab=tab, only=only)
    return render(request, "emr/chart.html", {"page": page, "card": page.card})


@require_GET
def encounter(request: StaffRequest, encounter_id: UUID) -> HttpResponse:
    """One encounter as it was written."""
    note = selectors.document(by=request.actor, encounter_id=encounter_id)
    patient_id = UUID(note.patient_id)
    access.open_record(by=request.actor, patient_id=patient_id)
    page = selectors.chart_page(by=request.actor, patient_id=patient_id, tab="documents")
    return render(request, "emr/encounter.html", {"page": page, "card": page.card, "note": note})


@require_GET
def launch(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """A signed one-use link from a branch's own system: the token is spent, the address is left at once."""
    services.launch(
        by=request.actor,
        patient_id=patient_id,
        token=request.GET.get("token", ""),
        came_at=request.came_at,
    )
    return redirect("emr:chart", patient_id)
