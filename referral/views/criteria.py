"""The criteria: the helper beside a form, the rules for everybody to read, and a proposal of other ones."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from kernel.web.forms import keeps_input
from kernel.web.http import StaffRequest
from referral import services
from referral.forms.criteria import TableForm, answers, direction
from referral.forms.transfer import code_of
from referral.selectors.criteria.table import helper, proposable, table_page

PAGE = "referral/criteria.html"
NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})


def helper_context(
    request: StaffRequest,
    patient_id: UUID,
    *,
    written: Mapping[str, Any] = NOTHING,
    diagnosis_code: str = "",
    side: str = "",
) -> dict[str, Any]:
    """What the criteria ask and say, with what was answered so far: just now, or before (`written`, as it is kept
    with a leg). `side`: up or down, where the address does not say."""
    said = answers(request.POST)
    page = helper(
        by=request.actor,
        patient_id=patient_id,
        direction=side or direction(request.GET),
        answers=written.get("answers", {}) if said is None else said,
        diagnosis_code=code_of(request.POST.get("diagnosis", "")) or diagnosis_code,
    )
    override = request.POST.get("override", written.get("override", ""))
    return {"helper": page, "card": page.card, "judgement": page.judgement, "override": override}


@require_http_methods(["GET", "HEAD", "POST"])
def criteria(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """A page of its own; for htmx the fields, and after an answer only what they come to. Nothing is kept."""
    part = "#said" if request.method == "POST" else "#fields"
    context = {**helper_context(request, patient_id), "whole": not request.htmx}
    return render(request, PAGE + part if request.htmx else PAGE, context)


@require_safe
def table(request: StaffRequest) -> HttpResponse:
    """The rules in force, and the versions there were."""
    return render(request, "referral/criteria_table.html", {"page": table_page(by=request.actor)})


def propose_context(request: StaffRequest) -> dict[str, Any]:
    """403 for a post that proposes nothing here."""
    return {"version": proposable(by=request.actor)["version"]}


@require_http_methods(["GET", "HEAD", "POST"])
@keeps_input("referral/criteria_propose.html", context=propose_context)
def propose(request: StaffRequest) -> HttpResponse:
    """Ask for another version; a second person of the consortium office puts it into force."""
    context, now = propose_context(request), proposable(by=request.actor)
    if request.method != "POST":
        return render(request, "referral/criteria_propose.html", {**context, "form": TableForm(table=now)})
    services.propose_criteria(by=request.actor, **TableForm.valid(request, table=now).order())
    return redirect("referral:criteria_table")
