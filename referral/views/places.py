"""Beds, slots and the directory: what is free where, told by wards and clinics."""

from typing import Any
from uuid import UUID

from django.forms import BoundField
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from consortium import selectors as consortium
from emr.capacity import selectors as capacity
from emr.capacity import services as capacity_services
from emr.capacity.choices import COUNTED_BEDS
from emr.capacity.selectors import Told, Ward
from kernel.web.forms import OrderForm, again, keeps_input
from kernel.web.http import StaffRequest
from referral.forms.place import AnswerForm, AskForm, QuotaForm, TellForm, TellWardForm
from referral.selectors.desk import waitlist as waiting
from referral.selectors.desk.bedboard import BedBoard, bed_board
from referral.selectors.house import directory as listing
from referral.services import answer_ward, ask_ward

BEDS = "referral/beds.html"
SLOTS = "referral/slots.html"
WARD = "referral/ward.html"
QUESTION = "referral/question.html"

FIRST_ROWS = 12
"""So many departments stand on a phone before one asks for all of them."""


def beds_context(request: StaffRequest) -> dict[str, Any]:
    """The own institution's places; wards without named beds can be told, questions to the ward stand above."""
    board = bed_board(by=request.actor)
    counted = _as_typed(board, again(request, TellWardForm()))
    return {
        "board": board,
        "counted": counted,
        "kinds": COUNTED_BEDS,
        "tell_form": again(request, TellForm()),
    }


def _as_typed(board: BedBoard, sent: OrderForm) -> list[tuple[Ward, list[tuple[Told, BoundField | None]]]]:
    """The wards that tell numbers; the numbers of the one that was refused with the field as it was typed."""
    refused = str(sent["department_id"].value())
    return [
        (ward, [(one, sent[one.kind] if str(ward.department_id) == refused else None) for one in ward.counts])
        for ward in board.counted
    ]


@require_safe
def beds(request: StaffRequest) -> HttpResponse:
    """Every ward of the own institution, bed by bed or by number, and its clinics' slots."""
    return render(request, BEDS, beds_context(request))


@require_POST
@keeps_input(BEDS, TellForm, context=beds_context)
def tell(request: StaffRequest) -> HttpResponse:
    """One number of a ward or a clinic; without a kind all numbers of a ward."""
    if "kind" in request.POST:
        capacity_services.tell(by=request.actor, **TellForm.valid(request).order())
    else:
        capacity_services.tell_ward(by=request.actor, **TellWardForm.valid(request).order())
    return redirect("referral:beds")


def slots_context(request: StaffRequest) -> dict[str, Any]:
    by = request.actor
    return {"quotas": capacity.quotas(by=by), "form": QuotaForm(clinics=_clinics(by.place))}


def _clinics(place: UUID) -> list[tuple[str, str]]:
    return [(str(one.pk), one.name) for one in consortium.departments_of(place)]


@require_http_methods(["GET", "HEAD", "POST"])
@keeps_input(SLOTS, context=slots_context)
def slots(request: StaffRequest) -> HttpResponse:
    """Weekly slots of the own clinics for the branches."""
    context = slots_context(request)
    if request.method != "POST":
        return render(request, SLOTS, context)
    form = QuotaForm.valid(request, clinics=_clinics(request.actor.place))
    capacity_services.set_quota(by=request.actor, **form.order())
    return redirect("referral:slots")


@require_safe
def directory(request: StaffRequest) -> HttpResponse:
    """Where one can refer to and what is free there; `?q=` narrows it. The list alone for htmx."""
    words = request.GET.get("q", "")[:40]
    entries = listing.directory(by=request.actor, words=words)
    page = "referral/directory.html" + ("#list" if request.headers.get("HX-Request") else "")
    first = None if words or "all" in request.GET else FIRST_ROWS
    return render(request, page, {"entries": entries, "words": words, "first_rows": first})


@require_safe
def waitlist(request: StaffRequest) -> HttpResponse:
    """Who waits for a place, in order."""
    lists, moves = waiting.waitlist(by=request.actor), waiting.may_move(by=request.actor)
    return render(request, "referral/waitlist.html", {"lists": lists, "moves": moves})


def ward_context(request: StaffRequest, referral_id: UUID) -> dict[str, Any]:
    """What the wards were asked about a leg, and the form to ask one."""
    page = waiting.asking(by=request.actor, referral_id=referral_id)
    form = AskForm(wards=page.wards, initial={"department_id": page.referral.department_id})
    return {"asked": page, "referral": page.referral, "card": page.card, "form": form}


@require_http_methods(["GET", "HEAD", "POST"])
@keeps_input(WARD, context=ward_context)
def ward(request: StaffRequest, referral_id: UUID) -> HttpResponse:
    """Ask a ward for a bed; what it said. The part alone for htmx."""
    part = "#asked" if request.headers.get("HX-Request") else ""
    context = {**ward_context(request, referral_id), "fragment": bool(part)}
    if request.method != "POST":
        return render(request, WARD + part, context)
    form = AskForm.valid(request, wards=context["asked"].wards)
    ask_ward(by=request.actor, referral_id=referral_id, key=form.key, **form.order())
    return redirect("referral:ward", referral_id)


def question_context(request: StaffRequest, question_id: UUID) -> dict[str, Any]:
    page = waiting.question(by=request.actor, question_id=question_id)
    return {"page": page, "card": page.card, "form": AnswerForm()}


@require_http_methods(["GET", "HEAD", "POST"])
@keeps_input(QUESTION, context=question_context)
def question(request: StaffRequest, question_id: UUID) -> HttpResponse:
    """The ward's answer in one tap: there is a bed, an extra bed only, none."""
    if request.method != "POST":
        return render(request, QUESTION, question_context(request, question_id))
    form = AnswerForm.valid(request)
    answer_ward(by=request.actor, question_id=question_id, key=form.key, **form.order())
    return redirect("referral:ward_question", question_id)
