"""Where departments receive referred patients."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kernel.web.forms import bound, keeps_input
from kernel.web.http import StaffRequest
from referral import selectors, services
from referral.forms.desk import GuideForm
from referral.views.triage import id_in


@require_safe
def guides(request: StaffRequest) -> HttpResponse:
    """Every department of the own institution with its guide, those without one first."""
    return render(request, "referral/guides.html", {"rows": selectors.guides(by=request.actor)})


@require_safe
def line(request: StaffRequest) -> HttpResponse:
    """Fragment: what the chosen department's guide would tell the branch."""
    department = id_in(request, "department") or UUID(int=0)
    row = selectors.guide_of(by=request.actor, department_id=department)
    return render(request, "referral/leg/guide.html", {"guide": row})


def guide_context(request: StaffRequest, department_id: UUID) -> dict[str, Any]:
    row = selectors.guide_to_write(by=request.actor, department_id=department_id)
    return {"row": row, "form": bound(request) or GuideForm(initial=row.initial)}


@require_http_methods(["GET", "HEAD", "POST"])
@keeps_input("referral/guide.html", context=guide_context)
def guide(request: StaffRequest, department_id: UUID) -> HttpResponse:
    """Write one department's guide."""
    if request.method != "POST":
        return render(request, "referral/guide.html", guide_context(request, department_id))
    form = GuideForm.valid(request)
    services.set_guide(
        by=request.actor, department_id=department_id, version=form.version or 0, **form.order()
    )
    messages.success(request, _("Kept. The next answers say it."))
    return redirect("referral:guides")
