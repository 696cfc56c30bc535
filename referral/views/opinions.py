"""The desk asks a specialist about a leg; he answers."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kernel.web.forms import bound, keeps_input
from kernel.web.http import StaffRequest
from referral import services
from referral.forms.desk import AskForm, OpinionForm
from referral.selectors.desk import opinions as selectors
from referral.views.leg import PAGE as LEG
from referral.views.leg import back_to, leg_context

PAGE = "referral/opinion.html"


@require_POST
@keeps_input(LEG, AskForm, context=leg_context)
def ask(request: StaffRequest, referral_id: UUID) -> HttpResponse:
    """Ask, and back to where one was; the leg stays where it is."""
    form = AskForm.valid(request)
    asked = services.ask_specialist(by=request.actor, referral_id=referral_id, key=form.key, **form.order())
    messages.success(request, _("%(department)s has been asked. The clock runs on: you decide.") % {
        "department": asked.department.name,
    })  # fmt: skip
    return redirect(back_to(request, referral_id))


@require_safe
def opinions(request: StaffRequest) -> HttpResponse:
    """What waits for this specialist's word."""
    return render(request, "referral/opinions.html", {"asked": selectors.my_opinions(by=request.actor)})


def opinion_context(request: StaffRequest, opinion_id: UUID) -> dict[str, Any]:
    page = selectors.opinion(by=request.actor, opinion_id=opinion_id)
    leg = page.row.referral
    return {"page": page, "card": page.card, "referral": leg, "form": bound(request) or OpinionForm()}


@require_http_methods(["GET", "HEAD", "POST"])
@keeps_input(PAGE, context=opinion_context)
def opinion(request: StaffRequest, opinion_id: UUID) -> HttpResponse:
    """One question: what is wanted, the leg, and the answer in one form."""
    if request.method != "POST":
        return render(request, PAGE, opinion_context(request, opinion_id))
    form = OpinionForm.valid(request)
    services.give_opinion(by=request.actor, opinion_id=opinion_id, key=form.key, **form.order())
    messages.success(request, _("The referral desk has your word."))
    return redirect("referral:opinion", opinion_id)
