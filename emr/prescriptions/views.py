"""Write, read, countersign, print and void a prescription."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from emr.access import selectors as access_selectors
from emr.access import services as access
from emr.prescriptions import selectors, services
from emr.prescriptions.engine.sheet import Diagnosis
from emr.prescriptions.forms import PrescriptionForm, RefuseForm, VoidForm
from emr.prescriptions.selectors import Paper
from emr.prescriptions.selectors.printed import sheet as drawn
from kernel import papers
from kernel.errors import OutOfReach
from kernel.sheets.drawing import draw
from kernel.sheets.shapes import Sheet
from kernel.web.forms import OrderForm, again, keeps_input
from kernel.web.http import StaffRequest

WRITING, SHEET = "emr/prescription_new.html", "emr/prescription.html"


def _page(request: StaffRequest, encounter_id: UUID) -> dict[str, Any]:
    page = selectors.writing(by=request.actor, encounter_id=encounter_id)
    return {"page": page, "card": page.card}


@require_http_methods(["GET", "HEAD", "POST"])
@keeps_input(WRITING, context=_page)
def prescribe(request: StaffRequest, encounter_id: UUID) -> HttpResponse:
    """`/encounters/<id>/prescribe/`: write and sign."""
    page = _page(request, encounter_id)
    access.open_record(by=request.actor, patient_id=page["page"].visit.patient_id)
    diagnoses = page["page"].visit.diagnoses
    if request.method != "POST":
        return render(request, WRITING, page | {"form": _fresh(request, encounter_id, diagnoses)})
    form = PrescriptionForm.valid(request, diagnoses=diagnoses)
    made = services.sign(by=request.actor, key=form.key, encounter_id=encounter_id, **form.order())
    return redirect("emr:prescription", made.pk)


def _fresh(request: StaffRequest, encounter_id: UUID, diagnoses: Sequence[Diagnosis]) -> PrescriptionForm:
    """`?again=<id>`: with what stood on that sheet. Raises OutOfReach (404) for no sheet of hers in this visit."""
    asked = request.GET.get("again", "")
    if not asked:
        return PrescriptionForm(diagnoses=diagnoses)
    try:
        found = UUID(asked)
    except ValueError as wrong:
        raise OutOfReach from wrong
    content = selectors.anew(by=request.actor, prescription_id=found, encounter_id=encounter_id)
    return PrescriptionForm(diagnoses=diagnoses, initial=PrescriptionForm.said(content))


@require_safe
def panel(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """The prescriptions of one patient, a fragment for her chart."""
    access.open_record(by=request.actor, patient_id=patient_id)
    rows = selectors.listed(by=request.actor, patient_id=patient_id)
    return render(request, "emr/prescriptions_panel.html", {"rows": rows})


def _sheet(request: StaffRequest, paper: Paper) -> Sheet:
    return drawn(by=request.actor, paper=paper, site=request.build_absolute_uri("/")[:-1])


def _shown(request: StaffRequest, prescription_id: UUID) -> dict[str, Any]:
    paper = selectors.paper(by=request.actor, prescription_id=prescription_id)
    made = _sheet(request, paper)
    code = papers.qr(made.address) if made.address else ""
    # Each of the three forms stands on one page: the one that is refused comes back as it was typed.
    seen = {"version": paper.row.version}
    forms = {
        "voiding": again(request, VoidForm(initial=seen)),
        "refusing": again(request, RefuseForm(auto_id="refuse-%s", initial=seen)),
        "signing": OrderForm(auto_id="countersign-%s", initial=seen),
    }
    visit = access_selectors.reads(request.actor, "Encounter")
    page = {"paper": paper, "sheet": made, "code": code, "back": paper.card.url, "visit": visit}
    return page | forms | _renewing(request, paper)


def _renewing(request: StaffRequest, paper: Paper) -> dict[str, Any]:
    """One press signs a lapsed sheet anew: its words go along hidden, to the page where one is written."""
    barred = selectors.kept_from(by=request.actor, paper=paper)
    if barred or not paper.may_renew:
        return {"barred": barred}
    said = PrescriptionForm.said(paper.content) | {"instead": paper.row.id}
    form = PrescriptionForm(auto_id="renew-%s", diagnoses=paper.content.diagnoses, initial=said)
    return {"renewing": form}


@require_safe
def sheet(request: StaffRequest, prescription_id: UUID) -> HttpResponse:
    """The sheet as it is printed, with what may be done with it."""
    page = _shown(request, prescription_id)
    access.open_record(by=request.actor, patient_id=page["paper"].row.patient_id)
    return render(request, SHEET, page)


@never_cache
@require_POST
def print_sheet(request: StaffRequest, prescription_id: UUID) -> HttpResponse:
    """The sheet as A5 PDF, its font embedded; on record."""
    paper = services.print_sheet(by=request.actor, prescription_id=prescription_id)
    answer = HttpResponse(draw(_sheet(request, paper)), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{paper.row.number}.pdf"'
    return answer


@require_POST
@keeps_input(SHEET, VoidForm, context=_shown)
def void(request: StaffRequest, prescription_id: UUID) -> HttpResponse:
    """The sheet does not count any more."""
    form = VoidForm.valid(request)
    services.void(by=request.actor, prescription_id=prescription_id, version=form.version, **form.order())
    return redirect("emr:prescription", prescription_id)


@require_safe
def countersigns(request: StaffRequest) -> HttpResponse:
    """`/prescriptions/`: assistants' sheets of this house that wait for a physician's signature."""
    return render(request, "emr/countersigns.html", {"rows": selectors.to_countersign(by=request.actor)})


@require_POST
@keeps_input(SHEET, OrderForm, context=_shown)
def countersign(request: StaffRequest, prescription_id: UUID) -> HttpResponse:
    """The physician signs too: the sheet is valid."""
    form = OrderForm.valid(request)
    services.countersign(by=request.actor, prescription_id=prescription_id, version=form.version)
    messages.success(request, _("Countersigned: the prescription is valid."))
    return redirect("emr:countersigns")


@require_POST
@keeps_input(SHEET, RefuseForm, context=_shown)
def refuse(request: StaffRequest, prescription_id: UUID) -> HttpResponse:
    """The physician does not sign; the writer reads why."""
    form = RefuseForm.valid(request)
    order = form.order()
    services.refuse(by=request.actor, prescription_id=prescription_id, version=form.version, **order)
    messages.success(request, _("Not countersigned: its writer was told why."))
    return redirect("emr:countersigns")
