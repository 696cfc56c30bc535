"""The cashier's shift."""

from typing import Any
from uuid import UUID

from django.contrib import messages as flash
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from insurance_bridge import selectors, services
from insurance_bridge.forms import ShiftForm
from kernel.web.forms import keeps_input
from kernel.web.http import StaffRequest


def shift_context(request: StaffRequest, shift_id: UUID) -> dict[str, Any]:
    page = selectors.shift_page(by=request.actor, shift_id=shift_id)
    return {"page": page, "form": ShiftForm(initial={"version": page.shift.version})}


@require_safe
def my_shift(request: StaffRequest) -> HttpResponse:
    """The open shift, or a page that says there is none."""
    found = selectors.my_shift(by=request.actor)
    if found:
        return redirect("insurance_bridge:shift", found.pk)
    return render(request, "insurance_bridge/shift.html", {"page": None})


@require_safe
def shift(request: StaffRequest, shift_id: UUID) -> HttpResponse:
    """One shift."""
    return render(request, "insurance_bridge/shift.html", shift_context(request, shift_id))


@require_POST
@keeps_input("insurance_bridge/shift.html", ShiftForm, context=shift_context)
def close_shift(request: StaffRequest, shift_id: UUID) -> HttpResponse:
    """Close the shift."""
    form = ShiftForm.valid(request)
    services.close_shift(
        by=request.actor, key=form.key, shift_id=shift_id, version=form.version or 0, **form.order()
    )
    flash.success(request, _("The shift is closed."))
    return redirect("insurance_bridge:shift", shift_id)
