"""The call list of a branch."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kernel.web.http import StaffRequest
from referral import selectors
from referral.forms.desk import CallForm


@require_safe
def calls(request: StaffRequest) -> HttpResponse:
    """Who did not come and is to be phoned, each with a form for what came of the call."""
    rows = [
        (one, CallForm(initial={"version": one.row.referral.version}, auto_id=f"call-{place}-%s"))
        for place, one in enumerate(selectors.calls(by=request.actor))
    ]
    return render(request, "referral/calls.html", {"rows": rows})
