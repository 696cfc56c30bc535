"""The page of an institution's drug list."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from emr.formulary import selectors, services
from emr.formulary.forms import DrugsForm, StateForm
from kernel.web.forms import OrderForm, keeps_input
from kernel.web.http import StaffRequest

PAGE = "emr/drugs.html"


def _page(request: StaffRequest) -> dict[str, Any]:
    return {"drugs": selectors.stock(by=request.actor), "drugs_form": DrugsForm()}


@require_http_methods(["GET", "HEAD", "POST"])
@keeps_input(PAGE, DrugsForm, context=_page)
def drugs(request: StaffRequest) -> HttpResponse:
    """What the own institution has; lines are added or changed at once."""
    if request.method != "POST":
        return render(request, PAGE, _page(request))
    form = DrugsForm.valid(request)
    said = form.order()
    services.keep_drugs(by=request.actor, drugs=said["drugs"].splitlines(), state=said["state"])
    return redirect("emr:drugs")


@require_POST
@keeps_input(PAGE, StateForm, context=lambda request, drug_id: _page(request))
def mark_drug(request: StaffRequest, drug_id: UUID) -> HttpResponse:
    """Out, or there again."""
    form = StateForm.valid(request)
    services.mark_drug(
        by=request.actor, drug_id=drug_id, version=form.version, state=form.cleaned_data["state"]
    )
    return redirect("emr:drugs")


@require_POST
@keeps_input(PAGE, OrderForm, context=lambda request, drug_id: _page(request))
def drop_drug(request: StaffRequest, drug_id: UUID) -> HttpResponse:
    """Not kept any more."""
    form = OrderForm.valid(request)
    services.drop_drug(by=request.actor, drug_id=drug_id, version=form.version)
    return redirect("emr:drugs")
