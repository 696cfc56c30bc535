"""Changes that wait for a second person."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from consortium import selectors, services
from consortium.forms.manager import DecisionForm
from kernel.web.forms import keeps_input
from kernel.web.http import StaffRequest


@require_GET
def changes(request: StaffRequest) -> HttpResponse:
    """What waits for a second person; `?show=decided` what was decided."""
    show, page = request.GET.get("show", ""), int(request.GET.get("page") or 1)
    found, more = selectors.changes(by=request.actor, show=show, page=page)
    context = {"changes": found, "more": more, "show": show, "page": page}
    return render(request, "consortium/changes.html", context)


def _change(request: StaffRequest, change_id: UUID) -> dict[str, Any]:
    return {"one": selectors.change(by=request.actor, change_id=change_id)}


@require_GET
def change(request: StaffRequest, change_id: UUID) -> HttpResponse:
    """One change: what stands before and after, who asks and why; approve or reject."""
    shown = _change(request, change_id)
    form = DecisionForm(initial={"version": shown["one"].change.version})
    return render(request, "consortium/change.html", {"form": form, **shown})


@require_POST
@keeps_input("consortium/change.html", DecisionForm, context=_change)
def approve(request: StaffRequest, change_id: UUID) -> HttpResponse:
    """Be the second person."""
    form = DecisionForm.valid(request)
    services.approve(by=request.actor, change_id=change_id, version=form.version)
    messages.success(request, _("Approved. It counts from now on."))
    return redirect("consortium:change", change_id)


@require_POST
def approve_list(request: StaffRequest, paper: str) -> HttpResponse:
    """Be the second person for every line of a signed staff list."""
    lines = services.approve_list(by=request.actor, paper=paper)
    messages.success(
        request,
        ngettext("%(n)d post of the list is given.", "%(n)d posts of the list are given.", lines)
        % {"n": lines},
    )
    return redirect("consortium:changes")


@require_POST
@keeps_input("consortium/change.html", DecisionForm, context=_change)
def reject(request: StaffRequest, change_id: UUID) -> HttpResponse:
    """Say no, with a reason."""
    form = DecisionForm.valid(request)
    services.reject(by=request.actor, change_id=change_id, version=form.version, **form.order())
    messages.success(request, _("Rejected. The proposer is told why."))
    return redirect("consortium:changes")


@require_POST
@keeps_input("consortium/change.html", DecisionForm, context=_change)
def withdraw(request: StaffRequest, change_id: UUID) -> HttpResponse:
    """Take the own proposal back."""
    form = DecisionForm.valid(request)
    services.withdraw(by=request.actor, change_id=change_id, version=form.version)
    messages.success(request, _("Your proposal is withdrawn."))
    return redirect("consortium:change", change_id)
