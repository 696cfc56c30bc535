"""One leg and its verbs."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from kernel.forms import OrderForm, keeps_input
from kernel.http import StaffRequest
from referral import selectors, services
from referral.forms import (
    AcceptForm,
    AdmitForm,
    ArriveForm,
    PlanForm,
    RejectForm,
    ReplyForm,
    VisitForm,
    WithdrawForm,
)
from referral.views.steps import OFFERS, choices

PAGE = "referral/detail.html"

FORMS: dict[str, type[OrderForm]] = {
    "accept_form": AcceptForm,
    "reject_form": RejectForm,
    "arrive_form": ArriveForm,
    "withdraw_form": WithdrawForm,
    "admit_form": AdmitForm,
    "reply_form": ReplyForm,
    "plan_form": PlanForm,
    "visit_form": VisitForm,
    "plain_form": OrderForm,
}


def leg_context(request: StaffRequest, referral_id: UUID) -> dict[str, Any]:
    """Everything of one leg, and an empty form for each verb the actor may take."""
    return page_context(selectors.detail(by=request.actor, referral_id=referral_id))


def page_context(page: selectors.Detail) -> dict[str, Any]:
    """A leg as its page and the pane show it, with fresh forms."""
    initial = {"version": page.referral.version, "complaint": page.referral.reason}
    forms = {name: form(initial=initial) for name, form in FORMS.items()}
    more = choices(page.referral.pk, page.referral.version, page.may)
    return {"page": page, "card": page.card, "referral": page.referral, "more": more, **forms}


@require_safe
def detail(request: StaffRequest, referral_id: UUID) -> HttpResponse:
    """Where is she, whose turn is it, what was said."""
    return render(request, PAGE, leg_context(request, referral_id))


@require_safe
def paper(request: StaffRequest, referral_id: UUID) -> HttpResponse:
    """The form on paper."""
    return render(
        request, "referral/paper.html", {"paper": selectors.paper(by=request.actor, referral_id=referral_id)}
    )


def verb(form: type[OrderForm], order: Callable[..., Any]) -> Callable[..., HttpResponse]:
    """A view that hands a form's fields to a verb and comes back to the leg it answers."""

    @require_POST
    @keeps_input(PAGE, form, context=leg_context)
    def view(request: StaffRequest, referral_id: UUID) -> HttpResponse:
        said = form.valid(request)
        done = order(
            by=request.actor,
            referral_id=referral_id,
            version=said.version or 0,
            key=said.key,
            **arguments(said),
        )
        return redirect("referral:detail", done.pk)

    return view


def arguments(said: OrderForm) -> dict[str, Any]:
    """The form's fields by the verb's parameter names."""
    if isinstance(said, PlanForm):
        return {"plan": said.plan(), "medicines": said.cleaned_data["medicines"]}
    names = {"department": "department_id", "bed": "bed_id", "target": "target_id"}
    return {names.get(name, name): value for name, value in said.order().items()}


@require_POST
@keeps_input(PAGE, VisitForm, context=leg_context)
def log_visit(request: StaffRequest, referral_id: UUID) -> HttpResponse:
    """Record what came of one item of the plan."""
    form = VisitForm.valid(request)
    services.log_visit(
        by=request.actor,
        item_id=item_of(request),
        version=form.version or 0,
        key=form.key,
        **form.order(),
    )
    return redirect("referral:detail", referral_id)


def item_of(request: StaffRequest) -> UUID:
    """The plan item of a visit form; an unreadable one is nobody's."""
    try:
        return UUID(request.POST.get("item", ""))
    except ValueError:
        return UUID(int=0)


submit = verb(OrderForm, services.submit)
discard = verb(OrderForm, services.discard)
withdraw = verb(WithdrawForm, services.withdraw)
acknowledge = verb(OrderForm, services.acknowledge)
accept = verb(AcceptForm, services.accept)
reject = verb(RejectForm, services.reject)
arrive = verb(ArriveForm, services.arrive)
admit = verb(AdmitForm, services.admit)
complete_care = verb(ReplyForm, services.complete_care)
start_down_leg = verb(PlanForm, services.start_down_leg)
start_rehab = verb(OrderForm, services.start_rehab)
finish_plan = verb(OrderForm, services.finish_plan)

MORE = {event.value: verb(offer.form, services.VERBS[event]) for event, offer in OFFERS.items()}
"""The steps beside the everyday ones, by event."""
