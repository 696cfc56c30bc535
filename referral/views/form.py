"""The transfer form: opened from a visit, saved as it is typed, sent with one press."""

from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kernel.errors import Conflict
from kernel.web.forms import bound, keeps_input
from kernel.web.http import StaffRequest
from referral import selectors, services
from referral.choices import Event
from referral.forms.criteria import answers
from referral.forms.transfer import REACH, AutosaveForm, ReferralForm, code_of
from referral.selectors.form.page import FormPage, draft_of, told_of
from referral.selectors.house.directory import Entry, first_choice
from referral.services.form.referring import How
from referral.views.criteria import helper_context

PAGE: Final = "referral/form.html"
ETA: Final = f"{Event.EMERGENCY_SEND.value}-eta_minutes"
"""The field of the leg's page that an emergency still needs."""
SAVED: Final = f"{PAGE}#saved"
NOT_KEPT: Final = frozenset(
    {
        "csrfmiddlewaretoken",
        "key",
        "version",
        "ink",
        "window",
        "seen",
        "take",
        "save",
        "review",
        "referral_id",
    }
)
"""Fields of the page that are none of what was typed; a drawn name is sent once, with the form."""


def _choices(page: FormPage) -> dict[str, Any]:
    return {
        "urgencies": page.urgencies,
        "targets": [(one.value, f"{one.organisation} {one.department}") for one in page.targets],
        "offers": [(one.value, one.title) for one in page.offers],
    }


def _context(request: StaffRequest, page: FormPage) -> dict[str, Any]:
    """The form as it came back, else as record and draft fill it; and what is picked in it."""
    form = bound(request) or ReferralForm(initial=page.initial, **_choices(page))
    ticked, target = form["attachments"].value() or [], str(form["target"].value() or "")
    picks = [_pick("attachments", n, one, one.value in ticked) for n, one in enumerate(page.offers)]
    places = {one.value: _place(n, one, one.value == target) for n, one in enumerate(page.targets)}
    near = [one.value for one in first_choice(page.targets)]
    return {
        "page": page,
        "card": page.card,
        "saved_at": page.saved_at,
        "form": form,
        "reach_open": not page.card.phone_masked or any(form[name].value() for name in REACH[:-1]),
        "picks": [one for one in picks if not one["old"] or one["checked"]],
        "older": [one for one in picks if one["old"] and not one["checked"]],
        "targets": [places[value] for value in near],
        "farther": [one for value, one in places.items() if value not in near],
    }


def _place(number: int, entry: Entry, checked: bool) -> dict[str, Any]:
    said = {
        "label": f"{entry.organisation} {entry.department}".strip(),
        "sub": told_of(entry),
    }
    return {"id": f"id_target_{number}", "name": "target", "value": entry.value, "checked": checked, **said}


def _pick(name: str, number: int, offer: Any, checked: bool) -> dict[str, Any]:
    label = " ".join(str(part) for part in (offer.kind, offer.day) if part)
    said = {"label": label, "sub": offer.title, "checked": checked, "old": offer.old}
    return {"id": f"id_{name}_{number}", "name": name, "value": offer.value, **said}


def new_context(request: StaffRequest, patient_id: UUID) -> dict[str, Any]:
    encounter = request.POST.get("encounter") or request.GET.get("encounter", "")
    page = selectors.form_page(by=request.actor, patient_id=patient_id, encounter_id=encounter)
    return {**_context(request, page), **_helped(request, page)}


def edit_context(request: StaffRequest, referral_id: UUID) -> dict[str, Any]:
    referral = draft_of(by=request.actor, referral_id=referral_id)
    page = selectors.form_page(by=request.actor, patient_id=referral.patient_id, referral=referral)
    return {**_context(request, page), **_helped(request, page), "referral": referral}


def _helped(request: StaffRequest, page: FormPage) -> dict[str, Any]:
    """The criteria beside the form, with the answers that were saved while it was typed, or kept with the draft."""
    typed, leg = answers(page.initial), page.referral
    written = {"answers": typed, "override": page.initial.get("override", "")}
    return helper_context(
        request,
        page.card.id,
        written=written if typed is not None else leg.criteria if leg else {},
        diagnosis_code=code_of(str(page.initial.get("diagnosis", ""))),
    )


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
        return render(request, PAGE, context)
    form = _said(request, context["page"])
    leg = services.refer(
        by=request.actor,
        key=form.key,
        how=_how(request),
        patient_id=patient_id,
        encounter_id=form.cleaned_data["encounter"],
        **form.content(),
    )
    return _onward(request, leg, patient_id)


@require_http_methods(["GET", "HEAD", "POST"])
@keeps_input(PAGE, context=edit_context)
def edit(request: StaffRequest, referral_id: UUID) -> HttpResponse:
    """Go on with a draft."""
    context = edit_context(request, referral_id)
    if request.method != "POST":
        return render(request, PAGE, context)
    form = _said(request, context["page"])
    leg = services.refer_draft(
        by=request.actor,
        key=form.key,
        how=_how(request),
        referral_id=referral_id,
        version=form.version or 0,
        **form.content(),
    )
    return _onward(request, leg, referral_id)


def _said(request: StaffRequest, page: FormPage) -> ReferralForm:
    return ReferralForm.valid(request, whole=_how(request) != "keep", **_choices(page))


def _how(request: HttpRequest) -> How:
    """As the pressed button says."""
    if "save" in request.POST:
        return "keep"
    return "review" if "review" in request.POST else "send"


def _onward(request: StaffRequest, referral: Any, draft: UUID) -> HttpResponse:
    """To the leg; of an emergency to the one question that is left: when she arrives."""
    there = reverse("referral:detail", args=[referral.pk])
    said = {"number": referral.number, "status": referral.get_status_display()}
    messages.success(request, _("%(number)s: %(status)s") % said, extra_tags=f"referral-{draft}")
    rush = request.POST.get("save") == "emergency"
    return redirect(f"{there}#{ETA}" if rush else there)


@require_POST
def autosave(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """Save what is typed; the answer is the line that says when. 409: another window writes."""
    said = AutosaveForm.valid(request).order()
    fields = {name: request.POST.getlist(name) for name in request.POST if name not in NOT_KEPT}
    try:
        sketch = services.keep_sketch(by=request.actor, patient_id=patient_id, fields=fields, **said)
    except Conflict as error:
        return render(request, SAVED, {"other_window": error.message}, status=error.status)
    saved = render(request, SAVED, {"saved_at": sketch.saved_at})
    saved["X-Draft-Version"] = str(sketch.version)
    return saved
