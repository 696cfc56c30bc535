"""The transfer form."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from kernel.forms import keeps_input
from kernel.http import StaffRequest
from referral import selectors, services
from referral.forms import ReferralForm
from referral.models import Referral
from referral.selectors.form import FormPage, draft_of
from referral.views.criteria import helper_context

PAGE = "referral/form.html"


def _choices(page: FormPage) -> dict[str, Any]:
    return {
        "targets": [(one.value, f"{one.organisation} {one.department}") for one in page.targets],
        "offers": [(one.value, f"{one.kind} {one.title} {one.day}".strip()) for one in page.offers],
    }


def new_context(request: StaffRequest, patient_id: UUID) -> dict[str, Any]:
    page = selectors.form_page(by=request.actor, patient_id=patient_id)
    return {"page": page, "card": page.card, **helper_context(request, patient_id)}


def edit_context(request: StaffRequest, referral_id: UUID) -> dict[str, Any]:
    referral = draft_of(by=request.actor, referral_id=referral_id)
    page = selectors.form_page(by=request.actor, patient_id=referral.patient_id, referral=referral)
    context = {"page": page, "card": page.card, "referral": referral}
    return {**context, **helper_context(request, referral.patient_id, referral)}


def _untouched(request: StaffRequest, context: dict[str, Any]) -> HttpResponse:
    """The form as the record or the draft fills it."""
    page: FormPage = context["page"]
    return render(request, PAGE, {**context, "form": ReferralForm(initial=page.initial, **_choices(page))})


@require_safe
def choose(request: StaffRequest) -> HttpResponse:
    """Referring begins with a patient: the list, then the form."""
    return redirect("emr:patients")


@require_http_methods(["GET", "HEAD", "POST"])
@keeps_input(PAGE, context=new_context)
def new(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """A new form, filled from the record."""
    context = new_context(request, patient_id)
    if request.method != "POST":
        return _untouched(request, context)
    page: FormPage = context["page"]
    form = ReferralForm.valid(request, **_choices(page))
    encounter = str(page.initial.get("encounter_id", ""))
    referral = services.draft(
        by=request.actor, key=form.key, patient_id=patient_id, encounter_id=encounter, **form.content()
    )
    return _sent(request, referral, form.key)


@require_http_methods(["GET", "HEAD", "POST"])
@keeps_input(PAGE, context=edit_context)
def edit(request: StaffRequest, referral_id: UUID) -> HttpResponse:
    """Go on with a draft."""
    context = edit_context(request, referral_id)
    if request.method != "POST":
        return _untouched(request, context)
    page: FormPage = context["page"]
    form = ReferralForm.valid(request, **_choices(page))
    referral = services.edit(
        by=request.actor, referral_id=referral_id, version=form.version or 0, **form.content()
    )
    return _sent(request, referral, form.key)


def _sent(request: StaffRequest, referral: Referral, key: str) -> HttpResponse:
    """Submit it, or keep it as a draft, as the pressed button says."""
    if "save" not in request.POST:
        services.submit(by=request.actor, referral_id=referral.pk, version=referral.version, key=key)
    return redirect("referral:detail", referral.pk)
