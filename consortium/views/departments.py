"""Departments and their beds as the system manager keeps them."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from consortium import selectors, services
from consortium.forms.places import (
    BedForm,
    BedsForm,
    CloseDepartmentForm,
    DepartmentForm,
    NewBedsForm,
)
from consortium.views.places import done
from kernel import clock
from kernel.web.forms import OrderForm, keeps_input
from kernel.web.http import StaffRequest

page = require_http_methods(["GET", "HEAD", "POST"])


def _place(request: StaffRequest, organisation_id: UUID) -> dict[str, Any]:
    return {"place": selectors.kept_place(by=request.actor, organisation_id=organisation_id)}


@page
@keeps_input("consortium/department_new.html", DepartmentForm, context=_place)
def new_department(request: StaffRequest, organisation_id: UUID) -> HttpResponse:
    """Register a department."""
    shown = _place(request, organisation_id)
    if request.method != "POST":
        return render(request, "consortium/department_new.html", {"form": DepartmentForm(), **shown})
    order = DepartmentForm.valid(request).order()
    made = services.register_department(by=request.actor, organisation_id=organisation_id, **order)
    done(request)
    return redirect("consortium:department", made.pk)


def _department(request: StaffRequest, department_id: UUID) -> dict[str, Any]:
    shown = selectors.department_page(by=request.actor, department_id=department_id)
    return {"page": shown, "department": shown.department}


@require_GET
def department(request: StaffRequest, department_id: UUID) -> HttpResponse:
    """One department and its beds."""
    shown = _department(request, department_id)
    form = BedsForm(beds=shown["page"].beds)
    return render(request, "consortium/department.html", {"form": form, **shown})


@page
@keeps_input("consortium/department_change.html", DepartmentForm, context=_department)
def change_department(request: StaffRequest, department_id: UUID) -> HttpResponse:
    """Other facts of a department."""
    shown = _department(request, department_id)
    if request.method != "POST":
        form = DepartmentForm.of(shown["department"])
        return render(request, "consortium/department_change.html", {"form": form, **shown})
    sent = DepartmentForm.valid(request)
    services.change_department(
        by=request.actor, department_id=department_id, version=sent.version, **sent.order()
    )
    done(request)
    return redirect("consortium:department", department_id)


@page
@keeps_input("consortium/department_close.html", CloseDepartmentForm, context=_department)
def close_department(request: StaffRequest, department_id: UUID) -> HttpResponse:
    """Close a department from a day on."""
    shown = _department(request, department_id)
    if request.method != "POST":
        form = CloseDepartmentForm(initial={"day": clock.today(), "version": shown["department"].version})
        return render(request, "consortium/department_close.html", {"form": form, **shown})
    sent = CloseDepartmentForm.valid(request)
    services.close_department(
        by=request.actor, department_id=department_id, version=sent.version, **sent.order()
    )
    done(request)
    return redirect("consortium:department", department_id)


@require_POST
def reopen_department(request: StaffRequest, department_id: UUID) -> HttpResponse:
    """Take a closing back, or open a closed department again."""
    seen = OrderForm.valid(request).version
    services.reopen_department(by=request.actor, department_id=department_id, version=seen)
    done(request)
    return redirect("consortium:department", department_id)


@page
@keeps_input("consortium/beds_new.html", NewBedsForm, context=_department)
def new_beds(request: StaffRequest, department_id: UUID) -> HttpResponse:
    """Register a bed, or a run of them."""
    shown = _department(request, department_id)
    if request.method != "POST":
        return render(request, "consortium/beds_new.html", {"form": NewBedsForm(), **shown})
    order = NewBedsForm.valid(request).order()
    services.register_beds(by=request.actor, department_id=department_id, **order)
    done(request)
    return redirect("consortium:department", department_id)


BED_VERBS = {"close": services.close_beds, "reopen": services.reopen_beds}


@require_POST
@keeps_input("consortium/department.html", context=_department)
def switch_beds(request: StaffRequest, department_id: UUID) -> HttpResponse:
    """Close the ticked beds, or open them again."""
    beds = _department(request, department_id)["page"].beds
    form = BedsForm.valid(request, beds=beds)
    told = form.order()
    BED_VERBS[told["verb"]](by=request.actor, department_id=department_id, bed_ids=told["bed"])
    done(request)
    return redirect("consortium:department", department_id)


def _bed(request: StaffRequest, bed_id: UUID) -> dict[str, Any]:
    return {"bed": selectors.kept_bed(by=request.actor, bed_id=bed_id)}


@page
@keeps_input("consortium/bed.html", BedForm, context=_bed)
def bed(request: StaffRequest, bed_id: UUID) -> HttpResponse:
    """Another kind or room of a bed."""
    shown = _bed(request, bed_id)
    if request.method != "POST":
        return render(request, "consortium/bed.html", {"form": BedForm.of(shown["bed"]), **shown})
    form = BedForm.valid(request)
    services.change_bed(by=request.actor, bed_id=bed_id, version=form.version, **form.order())
    done(request)
    return redirect("consortium:department", shown["bed"].department_id)
