"""The door: who is expected, who seems to have come, and the form's code."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kernel.errors import OutOfReach
from kernel.web.forms import InvalidForm, keeps_input
from kernel.web.http import StaffRequest
from referral import selectors, services
from referral.forms.desk import ScanForm
from referral.selectors.lists.board import PAGE
from referral.views.leg import pane_context
from referral.views.triage import id_in, page_in

TEMPLATE = "referral/arrivals.html"


def door(request: StaffRequest) -> dict[str, Any]:
    """The page, with the leg named in the address beside the list."""
    page, wanted = page_in(request), id_in(request, "row")
    found = selectors.expected(by=request.actor, start=(page - 1) * PAGE, limit=PAGE + 1)
    rows = found[:PAGE]
    context = {
        "rows": rows,
        "proposed": selectors.proposed(by=request.actor),
        "further": len(found) > PAGE,
        "page_number": page,
        "scan": ScanForm(),
    }
    if wanted is None:  # whoever confirms an arrival has chosen whose
        return context
    row = selectors.received_leg(by=request.actor, referral_id=wanted)
    return {**context, **pane_context(selectors.glance(by=request.actor, row=row))}


@require_safe
def arrivals(request: StaffRequest) -> HttpResponse:
    """Who is expected and who has come."""
    return render(request, TEMPLATE, door(request))


@require_POST
@keeps_input(TEMPLATE, ScanForm, context=door)
def scan(request: StaffRequest) -> HttpResponse:
    """A scanned or typed code opens exactly its leg."""
    form = ScanForm(request.POST)
    if not form.is_valid():
        raise InvalidForm(form)
    return _to_leg(request, form)


def _to_leg(request: StaffRequest, form: ScanForm) -> HttpResponse:
    try:
        leg = selectors.leg_of(by=request.actor, code=form.cleaned_data["code"])
    except OutOfReach:
        form.add_error(
            "code", _("No form sent to this hospital has this code. Scan it again, or type the number.")
        )
        raise InvalidForm(form) from None
    return redirect(f"{reverse('referral:arrivals')}?row={leg}")


@require_safe
def by_code(request: StaffRequest, token: str) -> HttpResponse:
    """Where a telephone's camera leads by way of the paper's public page: exactly that leg, for who may see it."""
    leg = selectors.leg_of(by=request.actor, code=token)
    return redirect(f"{reverse('referral:arrivals')}?row={leg}")


@require_POST
def dismiss(request: StaffRequest, proposal_id: UUID) -> HttpResponse:
    """Came for something else."""
    services.dismiss_arrival(by=request.actor, proposal_id=proposal_id)
    messages.success(request, _("She stays expected."))
    return redirect("referral:arrivals")
