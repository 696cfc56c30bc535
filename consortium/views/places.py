"""The directory of places as the system manager keeps it: institutions, their codes, their DICOM devices."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from consortium import selectors, services
from consortium.forms.places import CodeForm, EntityForm, NewPlaceForm, PlaceForm
from kernel.web.forms import OrderForm, keeps_input
from kernel.web.http import StaffRequest

page = require_http_methods(["GET", "HEAD", "POST"])


def done(request: StaffRequest) -> None:
    messages.success(request, _("Done. It is recorded in the audit chain."))


@require_GET
def places(request: StaffRequest) -> HttpResponse:
    """The tree of institutions, narrowed by what was typed."""
    text, opened = request.GET.get("q", "")[:60], request.GET.get("under", "")
    tree = selectors.place_tree(by=request.actor, text=text, opened=opened)
    return render(request, "consortium/places.html", {"tree": tree, "q": text, "under": opened})


@page
@keeps_input("consortium/place_new.html", NewPlaceForm)
def new_place(request: StaffRequest) -> HttpResponse:
    """Register an institution."""
    selectors.may_keep_places(by=request.actor)
    if request.method != "POST":
        return render(request, "consortium/place_new.html", {"form": NewPlaceForm()})
    made = services.register_organisation(by=request.actor, **NewPlaceForm.valid(request).order())
    done(request)
    return redirect("consortium:place", made.pk)


@require_GET
def place(request: StaffRequest, organisation_id: UUID) -> HttpResponse:
    """One institution and what is in it."""
    shown = selectors.place_page(by=request.actor, organisation_id=organisation_id)
    return render(request, "consortium/place.html", {"page": shown})


def _place(request: StaffRequest, organisation_id: UUID) -> dict[str, Any]:
    return {"place": selectors.kept_place(by=request.actor, organisation_id=organisation_id)}


@page
@keeps_input("consortium/place_change.html", PlaceForm, context=_place)
def change_place(request: StaffRequest, organisation_id: UUID) -> HttpResponse:
    """Other facts of an institution."""
    shown = _place(request, organisation_id)
    if request.method != "POST":
        return render(
            request, "consortium/place_change.html", {"form": PlaceForm.of(shown["place"]), **shown}
        )
    form = PlaceForm.valid(request)
    order = {"organisation_id": organisation_id, "version": form.version, **form.order()}
    services.change_organisation(by=request.actor, **order)
    done(request)
    return redirect("consortium:place", organisation_id)


@page
@keeps_input("consortium/place_code.html", CodeForm, context=_place)
def new_code(request: StaffRequest, organisation_id: UUID) -> HttpResponse:
    """Another code; the one before ends."""
    shown = _place(request, organisation_id)
    if request.method != "POST":
        form = CodeForm(initial={"system": request.GET.get("system", "")})
        return render(request, "consortium/place_code.html", {"form": form, **shown})
    order = CodeForm.valid(request).order()
    services.give_identifier(by=request.actor, organisation_id=organisation_id, **order)
    done(request)
    return redirect("consortium:place", organisation_id)


@page
@keeps_input("consortium/device_new.html", context=_place)
def new_entity(request: StaffRequest, organisation_id: UUID) -> HttpResponse:
    """Register a device."""
    shown = _place(request, organisation_id)
    if request.method != "POST":
        return render(
            request, "consortium/device_new.html", {"form": EntityForm(place=organisation_id), **shown}
        )
    order = EntityForm.valid(request, place=organisation_id).order()
    services.register_entity(by=request.actor, organisation_id=organisation_id, **order)
    done(request)
    return redirect("consortium:place", organisation_id)


def _device(request: StaffRequest, entity_id: UUID) -> dict[str, Any]:
    return {"device": selectors.kept_entity(by=request.actor, entity_id=entity_id)}


@page
@keeps_input("consortium/device.html", context=_device)
def entity(request: StaffRequest, entity_id: UUID) -> HttpResponse:
    """One device and what may be changed of it."""
    shown = _device(request, entity_id)
    if request.method != "POST":
        return render(request, "consortium/device.html", {"form": EntityForm.of(shown["device"]), **shown})
    form = EntityForm.valid(request, place=shown["device"].organisation_id)
    services.change_entity(by=request.actor, entity_id=entity_id, version=form.version, **form.order())
    done(request)
    return redirect("consortium:place", shown["device"].organisation_id)


ENTITY_VERBS = {"close": services.end_entity, "reopen": services.reopen_entity}


@require_POST
def switch_entity(request: StaffRequest, entity_id: UUID, verb: str) -> HttpResponse:
    """End a device, or let it send again."""
    seen = OrderForm.valid(request).version
    row = ENTITY_VERBS[verb](by=request.actor, entity_id=entity_id, version=seen)
    done(request)
    return redirect("consortium:place", row.organisation_id)
