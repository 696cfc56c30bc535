"""The cashier's desk and one visit."""

from typing import Any
from uuid import UUID

from django.contrib import messages as flash
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from insurance_bridge import selectors, services
from insurance_bridge.forms import CancelForm, DepositForm, FeeForm, PayForm, ReturnForm, SettleForm
from insurance_bridge.selectors.visits import TABS
from insurance_bridge.selectors.visits import counts as desk_counts
from insurance_bridge.selectors.work import TAB_WORDS
from kernel.errors import Invalid
from kernel.web.forms import OrderForm, again, fresh_key, keeps_input
from kernel.web.http import StaffRequest

VISIT_PAGE = "insurance_bridge/visit.html"


@require_safe
def desk(request: StaffRequest) -> HttpResponse:
    """Visits by what is to be done with them."""
    tab = request.GET.get("tab", "open")
    tab = tab if tab in TABS else "open"
    numbers = desk_counts(by=request.actor)
    tabs = [
        {"url": f"?tab={key}", "label": TAB_WORDS[key], "current": key == tab, "number": numbers[key]}
        for key in TABS
    ]
    rows = selectors.desk(by=request.actor, tab=tab)
    context = {"tabs": tabs, "rows": rows, "tab": tab, "shift": selectors.my_shift(by=request.actor)}
    return render(request, "insurance_bridge/desk.html", context)


def visit_context(request: StaffRequest, visit_id: UUID) -> dict[str, Any]:
    """What the visit page shows, whichever form comes back on it."""
    page = selectors.visit_page(by=request.actor, visit_id=visit_id)
    version = page.settlement.version if page.settlement else None
    return {
        "page": page,
        "card": page.card,
        "items": selectors.fee_items(by=request.actor),
        "fee_form": again(request, FeeForm()),
        "settle_form": again(request, SettleForm()),
        "pay_form": again(request, PayForm(initial={"version": version, "method": "cash"})),
        "deposit_form": again(request, DepositForm(initial={"method": "cash"})),
        "return_form": again(request, ReturnForm(initial={"method": "cash"})),
        "cancel_form": again(request, CancelForm(initial={"version": version})),
        "fresh_key": fresh_key(),
    }


def _settlement_context(request: StaffRequest, visit_id: UUID, settlement_id: UUID) -> dict[str, Any]:
    return visit_context(request, visit_id)


@require_safe
def visit(request: StaffRequest, visit_id: UUID) -> HttpResponse:
    """One visit: fee lines, insurance, settlement, receipts."""
    return render(request, VISIT_PAGE, visit_context(request, visit_id))


@require_POST
def open_visit(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """Open the insured visit of a patient."""
    kind = "inpatient" if request.POST.get("kind") == "inpatient" else "outpatient"
    made = services.open_visit(
        by=request.actor, key=request.POST.get("key", ""), patient_id=patient_id, kind=kind
    )
    return _asked(request, made.pk)


@require_POST
def check(request: StaffRequest, visit_id: UUID) -> HttpResponse:
    """Ask the centre about the insurance."""
    return _asked(request, visit_id)


def _asked(request: StaffRequest, visit_id: UUID) -> HttpResponse:
    """The bill, with the centre asked; or with the sentence why it cannot be: the bill stands all the same."""
    try:
        services.check_eligibility(by=request.actor, visit_id=visit_id)
    except Invalid as error:
        flash.warning(request, error.message)
    return redirect("insurance_bridge:visit", visit_id)


@require_POST
@keeps_input(VISIT_PAGE, FeeForm, context=visit_context)
def add_fee(request: StaffRequest, visit_id: UUID) -> HttpResponse:
    """Charge an item."""
    form = FeeForm.valid(request)
    services.add_fee(by=request.actor, key=form.key, visit_id=visit_id, **form.order())
    return redirect("insurance_bridge:visit", visit_id)


@require_POST
def void_fee(request: StaffRequest, line_id: UUID) -> HttpResponse:
    """Take a fee line back."""
    line = services.void_fee(by=request.actor, line_id=line_id)
    return redirect("insurance_bridge:visit", line.visit_id)


@require_POST
@keeps_input(VISIT_PAGE, SettleForm, context=visit_context)
def settle(request: StaffRequest, visit_id: UUID) -> HttpResponse:
    """Send the settlement to the centre."""
    form = SettleForm.valid(request)
    services.request_settlement(by=request.actor, key=form.key, visit_id=visit_id, **form.order())
    return redirect("insurance_bridge:visit", visit_id)


@require_POST
@keeps_input(VISIT_PAGE, DepositForm, context=visit_context)
def deposit(request: StaffRequest, visit_id: UUID) -> HttpResponse:
    """Take a deposit."""
    form = DepositForm.valid(request)
    services.take_deposit(by=request.actor, key=form.key, visit_id=visit_id, **form.order())
    return redirect("insurance_bridge:visit", visit_id)


@require_POST
@keeps_input(VISIT_PAGE, ReturnForm, context=visit_context)
def return_deposit(request: StaffRequest, visit_id: UUID) -> HttpResponse:
    """Give back what is left of the deposits."""
    form = ReturnForm.valid(request)
    services.return_deposit(by=request.actor, key=form.key, visit_id=visit_id, **form.order())
    flash.success(request, _("The rest of the deposit is given back."))
    return redirect("insurance_bridge:visit", visit_id)


@require_POST
@keeps_input(VISIT_PAGE, OrderForm, context=_settlement_context)
def look_again(request: StaffRequest, visit_id: UUID, settlement_id: UUID) -> HttpResponse:
    """Ask the centre what it holds of a settlement whose answer was set aside."""
    form = OrderForm.valid(request)
    services.look_again(
        by=request.actor, key=form.key, settlement_id=settlement_id, version=form.version or 0
    )
    return redirect("insurance_bridge:visit", visit_id)


@require_POST
@keeps_input(VISIT_PAGE, PayForm, context=_settlement_context)
def pay(request: StaffRequest, visit_id: UUID, settlement_id: UUID) -> HttpResponse:
    """Take the patient's share."""
    form = PayForm.valid(request)
    services.take_payment(
        by=request.actor,
        key=form.key,
        settlement_id=settlement_id,
        version=form.version or 0,
        **form.order(),
    )
    flash.success(request, _("Paid. The slip can be printed."))
    return redirect("insurance_bridge:visit", visit_id)


@require_POST
@keeps_input(VISIT_PAGE, CancelForm, context=_settlement_context)
def cancel(request: StaffRequest, visit_id: UUID, settlement_id: UUID) -> HttpResponse:
    """Cancel a settlement."""
    form = CancelForm.valid(request)
    services.cancel_settlement(
        by=request.actor,
        key=form.key,
        settlement_id=settlement_id,
        version=form.version or 0,
        **form.order(),
    )
    return redirect("insurance_bridge:visit", visit_id)


@require_POST
def refund(request: StaffRequest, visit_id: UUID, settlement_id: UUID) -> HttpResponse:
    """Give back what was paid for a cancelled settlement."""
    services.give_refund(by=request.actor, key=request.POST.get("key", ""), settlement_id=settlement_id)
    return redirect("insurance_bridge:visit", visit_id)
