"""The patient list, registration, the number as it is typed, one value unmasked."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from emr.index import selectors, services
from emr.index.forms import CheckForm, RegisterForm, RevealForm
from kernel.errors import Invalid
from kernel.forms import keeps_input
from kernel.http import StaffRequest


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


@require_POST
def reveal(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """The eye: one value, once, audited."""
    form = RevealForm(request.POST)
    if not form.is_valid():
        raise Invalid(code="unknown_value")
    value = services.reveal(by=request.actor, patient_id=patient_id, what=form.cleaned_data["what"])
    return render(request, "emr/revealed.html", {"value": value, "patient_id": patient_id})
