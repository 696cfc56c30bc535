"""Fragments for the pages of others."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from insurance_bridge import selectors
from insurance_bridge.forms import TargetForm
from kernel.web.forms import fresh_key
from kernel.web.http import StaffRequest


@require_safe
def coverage_tag(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """Fragment for the patient banner."""
    found = selectors.coverage(by=request.actor, patient_id=patient_id)
    return render(request, "insurance_bridge/coverage.html#tag", {"coverage": found})


@require_safe
def coverage_panel(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """Fragment for the chart."""
    found = selectors.coverage(by=request.actor, patient_id=patient_id)
    return render(
        request,
        "insurance_bridge/coverage.html",
        {"coverage": found, "patient_id": patient_id, "fresh_key": fresh_key()},
    )


@require_safe
def transfer(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """Fragment for the transfer form: what going to another institution changes for the patient's money."""
    target = TargetForm(request.GET).place()
    found = selectors.transfer(by=request.actor, patient_id=patient_id, target_id=target)
    return render(request, "insurance_bridge/transfer.html", {"transfer": found, "target": target})
