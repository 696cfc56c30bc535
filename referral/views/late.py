"""What is late, and how long each state may last."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kernel.web.forms import bound, keeps_input
from kernel.web.http import StaffRequest
from referral import selectors, services
from referral.forms.clock import LimitsForm
from referral.forms.desk import SigningForm
from referral.selectors.house.second import may_set
from referral.views.triage import id_in

SIDE_WORDS = {"mine": gettext_lazy("Late at my side"), "other": gettext_lazy("Late at the other side")}


@require_safe
def late(request: StaffRequest) -> HttpResponse:
    """What is late at one side, the longest first, with who is called now."""
    side = request.GET.get("side", "mine")
    side = side if side in SIDE_WORDS else "mine"
    numbers = selectors.late_counts(by=request.actor)
    tabs = [
        {"url": f"?side={key}", "label": words, "current": key == side, "number": numbers[key]}
        for key, words in SIDE_WORDS.items()
    ]
    rows = selectors.late(by=request.actor, side=side)
    return render(request, "referral/late.html", {"tabs": tabs, "rows": rows, "number": numbers[side]})


def settings_context(request: StaffRequest) -> dict[str, Any]:
    page = selectors.settings(by=request.actor, organisation=id_in(request, "place"))
    cells = [cell for line in page.lines for cell in line.cells]
    said = bound(request)
    form = (
        said if isinstance(said, LimitsForm) else LimitsForm(cells=cells, initial={"version": page.version})
    )
    rule = {"version": page.signing.version or None, "wanted": page.signing.wanted}
    signing = said if isinstance(said, SigningForm) else SigningForm(initial=rule, auto_id="signing-%s")
    table = [(line, [(cell, form[cell.name]) for cell in line.cells]) for line in page.lines]
    return {"page": page, "form": form, "signing": signing, "cells": cells, "table": table}


@require_http_methods(["GET", "HEAD", "POST"])
@keeps_input("referral/settings.html", context=settings_context)
def settings(request: StaffRequest) -> HttpResponse:
    """How long legs may wait at an institution: its 医务科 writes, the others read."""
    context = settings_context(request)
    if request.method != "POST":
        return render(request, "referral/settings.html", context)
    place: UUID = context["page"].organisation_id
    form = LimitsForm.valid(request, cells=context["cells"])
    services.set_limits(by=request.actor, organisation_id=place, minutes=form.minutes(), version=form.version)
    messages.success(request, _("Kept. It counts for whoever enters a state from now on."))
    return redirect(f"{reverse('referral:settings')}?place={place}")


@require_POST
@keeps_input("referral/settings.html", SigningForm, context=settings_context)
def signing(request: StaffRequest) -> HttpResponse:
    """Whose forms of an institution are signed by a second person: its 医务科 sets it."""
    may_set(by=request.actor)
    place: UUID = settings_context(request)["page"].organisation_id
    form = SigningForm.valid(request, auto_id="signing-%s")
    wanted = form.cleaned_data["wanted"]
    services.set_second_signature(
        by=request.actor, organisation_id=place, wanted=wanted, version=form.version or 0
    )
    messages.success(request, _("Kept. It counts for every form that is sent from now on."))
    return redirect(f"{reverse('referral:settings')}?place={place}")
