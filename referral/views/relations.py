"""The consortium office's page of referral relations."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from kernel.forms import OrderForm, keeps_input
from kernel.http import StaffRequest
from referral import services
from referral.place_forms import RelationForm
from referral.selectors import relations as standing

PAGE = "referral/relations.html"


def context_of(request: StaffRequest, relation_id: UUID | None = None) -> dict[str, Any]:
    """The page for the institution in `?place=`, or for all."""
    page = standing.page(by=request.actor, place=request.GET.get("place", ""))
    return {"page": page, "form": RelationForm(places=page.choices), "end_form": OrderForm()}


@require_http_methods(["GET", "HEAD", "POST"])
@keeps_input(PAGE, context=context_of)
def relations(request: StaffRequest) -> HttpResponse:
    """Which institution may refer to which, and legs towards closed ones."""
    context = context_of(request)
    if request.method != "POST":
        return render(request, PAGE, context)
    form = RelationForm.valid(request, places=context["page"].choices)
    said = form.order()
    source, target = UUID(said.pop("source")), UUID(said.pop("target"))
    services.relate(by=request.actor, source_id=source, target_id=target, **said)
    return redirect("referral:relations")


@require_POST
@keeps_input(PAGE, OrderForm, context=context_of)
def end(request: StaffRequest, relation_id: UUID) -> HttpResponse:
    """The relation is over from today on; legs on their way go on."""
    OrderForm.valid(request)
    services.end_relation(by=request.actor, relation_id=relation_id)
    return redirect("referral:relations")
