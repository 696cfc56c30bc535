"""Write into the chart."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from emr.access import services as access
from emr.chart import selectors, services
from emr.chart.forms import CodeForm, EncounterForm
from kernel.web.forms import keeps_input
from kernel.web.http import StaffRequest


def _page(request: StaffRequest, patient_id: UUID, **_more: UUID) -> dict[str, Any]:
    page = selectors.chart_page(by=request.actor, patient_id=patient_id, tab="summary")
    return {"page": page, "card": page.card}


@require_http_methods(["GET", "POST"])
@keeps_input("emr/encounter_new.html", EncounterForm, context=_page)
def new_encounter(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """Write and sign an encounter note."""
    access.open_record(by=request.actor, patient_id=patient_id)
    if request.method == "GET":
        context = _page(request, patient_id) | {"form": EncounterForm()}
        return render(request, "emr/encounter_new.html", context)
    form = EncounterForm.valid(request)
    services.record_encounter(by=request.actor, key=form.key, patient_id=patient_id, **form.note())
    return redirect("emr:chart", patient_id)


@require_POST
@keeps_input("emr/code.html", CodeForm, context=_page)
def code_diagnosis(request: StaffRequest, patient_id: UUID, condition_id: UUID) -> HttpResponse:
    """Give a diagnosis in own words its code."""
    form = CodeForm.valid(request)
    services.code_diagnosis(
        by=request.actor, patient_id=patient_id, condition_id=condition_id, code=form.order()["code"]
    )
    return redirect("emr:chart", patient_id)
