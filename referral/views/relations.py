"""The consortium office's page of referral relations."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kernel.web.forms import OrderForm, bound, keeps_input
from kernel.web.http import StaffRequest
from referral import services
from referral.forms.place import CloseForm, RelationForm, StayForm
from referral.selectors.house import relations as standing

PAGE = "referral/relations.html"


def context_of(request: StaffRequest, relation_id: UUID | None = None) -> dict[str, Any]:
    """The page for the institution in `?place=`, or for all."""
    page = standing.page(by=request.actor, place=request.GET.get("place", ""))
    form = RelationForm(places=page.choices)
    close_form = CloseForm(closable=page.closable, auto_id="close-%s")
    return {
        "page": page,
        "form": form,
        "end_form": OrderForm(),
        "close_form": close_form,
        "stay_form": StayForm(auto_id="stay-%s"),
    }


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


def close_context(request: StaffRequest) -> dict[str, Any]:
    """The page with the closing as it was typed; the other form stays empty."""
    context, typed = context_of(request), bound(request)
    return {**context, "close_form": typed or context["close_form"], "closing": typed}


@require_POST
@keeps_input(PAGE, context=close_context)
def close(request: StaffRequest) -> HttpResponse:
    """Ask for the closing of an institution; a leader agrees."""
    closable = standing.page(by=request.actor).closable
    said = CloseForm.valid(request, closable=closable, auto_id="close-%s").order()
    services.propose_closing(by=request.actor, organisation_id=UUID(said.pop("place")), **said)
    messages.success(request, _("Asked for. It counts once a leader has agreed; the desks are told then."))
    return redirect("referral:relations")


def stay_context(request: StaffRequest) -> dict[str, Any]:
    """The page with the taking back as it was typed."""
    context, typed = context_of(request), bound(request)
    return {**context, "stay_form": typed or context["stay_form"], "staying": typed}


@require_POST
@keeps_input(PAGE, context=stay_context)
def stay(request: StaffRequest) -> HttpResponse:
    """Ask that an announced closing be taken back; a leader agrees."""
    standing.ask(by=request.actor)
    said = StayForm.valid(request, auto_id="stay-%s").order()
    services.propose_staying(by=request.actor, organisation_id=said.pop("place"), **said)
    messages.success(
        request, _("Asked for. It stays open once a leader has agreed; the desks are told then.")
    )
    return redirect("referral:relations")
