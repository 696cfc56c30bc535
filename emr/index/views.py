"""The patient list, registration, the number as it is typed, one value unmasked."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from emr.index import selectors, services
from emr.index.forms import CheckForm, MergeForm, RegisterForm, RevealForm
from kernel.errors import Invalid
from kernel.web.forms import keeps_input
from kernel.web.http import StaffRequest


@require_GET
def patients(request: StaffRequest) -> HttpResponse:
    """Patients of the acting post's own institution."""
    view, after = request.GET.get("view", "today"), request.GET.get("after", "")
    page = selectors.patient_page(by=request.actor, view=view, after=after)
    return render(request, "emr/patients.html", {"page": page, "views": selectors.patient_views(page.view)})


@require_http_methods(["GET", "POST"])
@keeps_input("emr/register.html", RegisterForm)
def register(request: StaffRequest) -> HttpResponse:
    """Register a patient, card or number first."""
    if request.method == "GET":
        selectors.ask_register(by=request.actor)
        return render(request, "emr/register.html", {"form": RegisterForm()})
    form = RegisterForm.valid(request)
    patient = services.register(by=request.actor, key=form.key, **form.order())
    return redirect("emr:chart", patient.pk)


@require_POST
def check_id(request: StaffRequest) -> HttpResponse:
    """Read a number back: sex, birth date, warnings, who has it."""
    form = CheckForm(request.POST)
    said = form.cleaned_data if form.is_valid() else {}
    number = said.get("id_number", "")
    echo = selectors.check_id(by=request.actor, id_kind=said.get("id_kind", ""), id_number=number)
    return render(request, "emr/register.html#echo", {"echo": echo, "typed": number})


@never_cache
@require_POST
def reveal(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """The eye: one value, once, audited, for a minute; as a part of the page or, without scripts, a page of its own."""
    form = RevealForm(request.POST)
    if not form.is_valid():
        raise Invalid(code="unknown_value")
    what = form.cleaned_data["what"]
    value = services.reveal(by=request.actor, patient_id=patient_id, what=what)
    said = {"value": value, "what": what, "patient_id": patient_id, "seconds": selectors.SHOWN_FOR}
    return _value(request, said, patient_id)


def _value(request: StaffRequest, said: dict[str, Any], patient_id: UUID) -> HttpResponse:
    if request.htmx:
        return render(request, "emr/revealed.html#part", said)
    card = selectors.card(by=request.actor, patient_id=patient_id)
    page = render(request, "emr/revealed.html", {**said, "card": card})
    page["Refresh"] = f"{selectors.SHOWN_FOR}; url={reverse('emr:chart', args=[patient_id])}"
    return page


@require_GET
def masked(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """The value as it stood before it was unmasked."""
    what = request.GET.get("what", "")
    return HttpResponse(escape(selectors.masked(by=request.actor, patient_id=patient_id, what=what)))


@require_GET
def identity(request: StaffRequest) -> HttpResponse:
    """Persons who may be one, and merges that can be taken back."""
    return render(request, "emr/identity.html", _identity(request))


def _pair(request: StaffRequest, left: UUID, right: UUID) -> dict[str, Any]:
    return {"pair": selectors.pair(by=request.actor, left=left, right=right), "form": MergeForm()}


@require_GET
def compare(request: StaffRequest, left: UUID, right: UUID) -> HttpResponse:
    """Two persons side by side, masked."""
    return render(request, "emr/identity_pair.html", _pair(request, left, right))


@require_POST
@keeps_input("emr/identity_pair.html", MergeForm, context=_pair)
def merge(request: StaffRequest, left: UUID, right: UUID) -> HttpResponse:
    """All records of the right one belong to the left one from now on."""
    reason = MergeForm.valid(request).order()["reason"]
    services.merge_persons(by=request.actor, from_person_id=right, into_person_id=left, reason=reason)
    messages.success(request, _("Merged. It can be taken back below."))
    return redirect("emr:identity")


@require_POST
@keeps_input("emr/identity_pair.html", MergeForm, context=_pair)
def tell_apart(request: StaffRequest, left: UUID, right: UUID) -> HttpResponse:
    """They are two different people."""
    reason = MergeForm.valid(request).order()["reason"]
    side = selectors.pair(by=request.actor, left=left, right=right).left
    services.tell_apart(by=request.actor, patient_id=side.patient_id, other_person_id=right, reason=reason)
    return redirect("emr:identity")


def _identity(request: StaffRequest, patient_id: UUID | None = None) -> dict[str, Any]:
    """`patient_id`: the record whose form was refused; it comes back where it stood, as it was typed."""
    found, merged = selectors.pairs(by=request.actor), selectors.merges(by=request.actor)
    return {"pairs": found, "merges": merged, "undoing": patient_id}


@require_POST
@keeps_input("emr/identity.html", MergeForm, context=_identity)
def unmerge(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """Take the last merge of this record back."""
    reason = MergeForm.valid(request).order()["reason"]
    services.unmerge(by=request.actor, patient_id=patient_id, reason=reason)
    return redirect("emr:identity")
