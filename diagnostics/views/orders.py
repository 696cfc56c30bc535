"""Pages of the requesting side: order an exam, follow it, read its report, read a critical value back."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from diagnostics import selectors, services
from diagnostics.forms import ExamForm, PlainForm, ReadBackForm, ReasonForm
from emr.access import selectors as access
from emr.index import selectors as index
from kernel.errors import OutOfReach
from kernel.web.forms import again, keeps_input
from kernel.web.http import StaffRequest


def new_page(request: StaffRequest, patient_id: UUID) -> dict[str, Any]:
    """Whose record is not open gets no form: what was typed into it could not be sent."""
    if access.basis(by=request.actor, patient_id=patient_id) is None:
        raise OutOfReach(detail={"model": "emr.patient", "pk": str(patient_id)})
    return {"card": index.card(by=request.actor, patient_id=patient_id)}


@require_http_methods(["GET", "POST"])
@keeps_input("diagnostics/order_new.html", context=new_page)
def order_new(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """`/patients/<id>/orders/new/`"""
    if request.method != "POST":
        given = {"encounter_id": request.GET.get("encounter"), "item_code": request.GET.get("item", "")}
        form = ExamForm(by=request.actor, patient_id=patient_id, initial=given)
        return render(request, "diagnostics/order_new.html", {**new_page(request, patient_id), "form": form})
    form = ExamForm.valid(request, by=request.actor, patient_id=patient_id)
    made = services.request_exam(by=request.actor, key=form.key, patient_id=patient_id, **form.order())
    messages.success(request, _("Requested: %(number)s") % {"number": made.accession_number})
    return redirect("diagnostics:order", made.pk)


@require_GET
def orders(request: StaffRequest) -> HttpResponse:
    """`/orders/`: the branch's list; a technologist begins with what is to be made."""
    tab = request.GET.get("tab") or ("waiting" if request.actor.has("technologist") else "reports")
    cases = selectors.inbox(by=request.actor, tab=tab)
    return render(request, "diagnostics/orders.html", {"cases": cases, "tab": tab})


def order_page(request: StaffRequest, request_id: UUID) -> dict[str, Any]:
    order = selectors.order(by=request.actor, request_id=request_id)
    return {"order": order, "reason": again(request, ReasonForm())}


@require_GET
def order(request: StaffRequest, request_id: UUID) -> HttpResponse:
    """`/orders/<id>/`"""
    return render(request, "diagnostics/order.html", order_page(request, request_id))


@require_POST
@keeps_input("diagnostics/order.html", PlainForm, context=order_page)
def register(request: StaffRequest, request_id: UUID) -> HttpResponse:
    form = PlainForm.valid(request)
    services.register(by=request.actor, request_id=request_id, version=form.version)
    return redirect("diagnostics:order", request_id)


@require_POST
@keeps_input("diagnostics/order.html", ReasonForm, context=order_page)
def cancel(request: StaffRequest, request_id: UUID) -> HttpResponse:
    form = ReasonForm.valid(request)
    services.cancel(by=request.actor, request_id=request_id, version=form.version, **form.order())
    messages.success(request, _("The request is withdrawn."))
    return redirect("diagnostics:order", request_id)


@require_GET
def report(request: StaffRequest, report_id: UUID) -> HttpResponse:
    """`/reports/<id>/`, the newest version unless `?version=` names another."""
    version = request.GET.get("version", "")
    page = services.open_report(
        by=request.actor, report_id=report_id, version=int(version) if version.isdigit() else None
    )
    return render(request, "diagnostics/report.html", {"page": page, "card": page.card})


@require_GET
def verify(request: StaffRequest, report_id: UUID) -> HttpResponse:
    """`/reports/<id>/verify/`: does each version still carry the signature it was given?"""
    page = services.open_report(by=request.actor, report_id=report_id)
    checks = selectors.signatures(page)
    return render(request, "diagnostics/verify.html", {"page": page, "card": page.card, "checks": checks})


@require_GET
def criticals(request: StaffRequest) -> HttpResponse:
    """`/critical/`"""
    every = request.GET.get("tab") == "all"
    rows = selectors.critical_rows(by=request.actor, waiting=not every)
    answers = selectors.answers(request.actor)
    return render(request, "diagnostics/criticals.html", {"rows": rows, "every": every, "answers": answers})


def critical_page(request: StaffRequest, critical_id: UUID) -> dict[str, Any]:
    page = selectors.critical_page(by=request.actor, critical_id=critical_id)
    return {"page": page, "card": page.card}


@require_http_methods(["GET", "POST"])
@keeps_input("diagnostics/critical.html", ReadBackForm, context=critical_page)
def critical(request: StaffRequest, critical_id: UUID) -> HttpResponse:
    """`/critical/<id>/`: read back."""
    if request.method != "POST":
        page = critical_page(request, critical_id)
        form = ReadBackForm(initial={"version": page["page"].critical.version})
        return render(request, "diagnostics/critical.html", {**page, "form": form})
    form = ReadBackForm.valid(request)
    done = services.acknowledge(
        by=request.actor, critical_id=critical_id, version=form.version, **form.order()
    )
    messages.success(request, _("Read back. It is on record who took it and when."))
    return redirect("diagnostics:critical", done.pk)


@require_GET
def patient_panel(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """The exams of one patient, a fragment for her chart."""
    rows = selectors.requests_of(by=request.actor, patient_id=patient_id)
    return render(request, "diagnostics/patient_panel.html", {"rows": rows, "patient_id": patient_id})
