"""One leg and its verbs."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kernel.web.forms import OrderForm, bound, keeps_input
from kernel.web.http import StaffRequest
from referral import selectors, services
from referral.choices import Direction, Event
from referral.forms.clock import CompletedForm, ExpectForm, RecordForm, UrgencyForm
from referral.forms.desk import AcceptForm, AskForm
from referral.forms.down import PlanForm, RehabForm, ReplyForm, TalkForm
from referral.forms.leg import AdmitForm, ArriveForm, WithdrawForm
from referral.views.criteria import helper_context
from referral.views.steps import OFFERS, choices

PAGE = "referral/detail.html"

FORMS: dict[str, type[OrderForm]] = {
    "accept_form": AcceptForm,
    "arrive_form": ArriveForm,
    "withdraw_form": WithdrawForm,
    "admit_form": AdmitForm,
    "reply_form": ReplyForm,
    "plan_form": PlanForm,
    "rehab_form": RehabForm,
    "talk_form": TalkForm,
    "plain_form": OrderForm,
    "ask_form": AskForm,
    "urgency_form": UrgencyForm,
    "expect_form": ExpectForm,
    "completed_form": CompletedForm,
    "record_form": RecordForm,
}
OF_VERB = {
    "accept": "accept_form",
    "arrive": "arrive_form",
    "withdraw": "withdraw_form",
    "admit": "admit_form",
    "complete_care": "reply_form",
    "start_down_leg": "plan_form",
    "start_rehab": "rehab_form",
    "comment": "talk_form",
    "ask_specialist": "ask_form",
    "prioritise": "urgency_form",
    "expect": "expect_form",
    "complete_form": "completed_form",
    "complete_record": "record_form",
}
"""Under which name the page holds the form of a verb."""
BOARDS = "/referrals/"
"""What a verb may come back to instead of the leg's page."""


def leg_context(request: StaffRequest, referral_id: UUID) -> dict[str, Any]:
    """Everything of one leg, and a form for each verb the actor may take: as it came back, else empty."""
    page = selectors.detail(by=request.actor, referral_id=referral_id)
    form, event = bound(request), str(request.resolver_match.url_name if request.resolver_match else "")
    context = page_context(page, {event: _freshened(form, page.referral.version)} if form else None)
    return context | _helped(request, page)


def _helped(request: StaffRequest, page: selectors.Detail) -> dict[str, Any]:
    """The criteria beside the way down, for who may send down."""
    if Event.START_DOWN_LEG not in page.may:
        return {}
    leg = page.referral
    return helper_context(
        request, leg.patient_id, diagnosis_code=leg.diagnosis_code, side=Direction.DOWN.value
    )


def _freshened(form: OrderForm, version: int) -> OrderForm:
    """What was typed, decided anew on what stands now: the reader sees it beside the sentence."""
    form.data = form.data.copy()  # type: ignore[attr-defined]  # a QueryDict
    form.data["version"] = str(version)  # type: ignore[index]  # the copy may be written to
    return form


def page_context(page: selectors.Detail, said: dict[str, OrderForm] | None = None) -> dict[str, Any]:
    """A leg as its page and the pane show it. `said`: the form that came back, by its event."""
    leg, back = page.referral, said or {}
    initial = {
        "version": leg.version,
        "complaint": leg.reason[:200],
        "priority": leg.priority,
        "team": page.down.team,
        "record_number": page.card.local_number,
        "history": leg.history,
        "treatment": leg.treatment,
        "expected_date": leg.expected_date,
    }
    forms = {name: form(initial=initial) for name, form in FORMS.items()}
    forms |= {OF_VERB[event]: form for event, form in back.items() if event in OF_VERB}
    more = choices(leg.pk, leg.version, page.may, back, leg.asked)
    shut = [form for event, form in back.items() if event not in page.may]
    return {"page": page, "card": page.card, "referral": leg, "more": more, "typed": shut, **forms}


PANE_FORMS: dict[str, type[OrderForm]] = {
    "accept_form": AcceptForm,
    "arrive_form": ArriveForm,
    "ask_form": AskForm,
    "plain_form": OrderForm,
}
"""Forms that stand beside a list."""


def pane_context(page: selectors.Glance) -> dict[str, Any]:
    """A leg as a pane beside a list shows it, with the desk's forms."""
    leg = page.referral
    initial = {"version": leg.version, "priority": leg.priority}
    forms = {name: form(initial=initial) for name, form in PANE_FORMS.items()}
    more = choices(leg.pk, leg.version, page.may)
    return {"page": page, "card": page.card, "referral": leg, "more": more, **forms}


@require_safe
def detail(request: StaffRequest, referral_id: UUID) -> HttpResponse:
    """Where is she, whose turn is it, what was said. What the other side wrote counts as read."""
    part = "#leg" if request.htmx and request.htmx.target == "leg" else ""
    context = leg_context(request, referral_id)
    if context["page"].talk.new:
        services.read_comments(by=request.actor, referral_id=referral_id)
    return render(request, f"{PAGE}{part}", context)


@require_POST
@keeps_input(PAGE, TalkForm, context=leg_context)
def comment(request: StaffRequest, referral_id: UUID) -> HttpResponse:
    """Say something to the other side; with script only the words come back."""
    form = TalkForm.valid(request)
    services.comment(by=request.actor, referral_id=referral_id, key=form.key, text=form.cleaned_data["text"])
    if not request.htmx:
        return redirect(f"{reverse('referral:detail', args=[referral_id])}#talk")
    context = {**leg_context(request, referral_id), "talk_form": TalkForm()}
    return render(request, "referral/leg/talk.html", context)


@require_safe
def history(request: StaffRequest, referral_id: UUID) -> HttpResponse:
    """Everything of the episode on one page that prints."""
    found = selectors.chronicle(by=request.actor, referral_id=referral_id)
    context = {"episode": found, "referral": found.referral, "card": found.card}
    return render(request, "referral/history.html", context)


@require_POST
def show_reach(request: StaffRequest, referral_id: UUID) -> HttpResponse:
    """The numbers of patient and family in clear, once; recorded."""
    reach = services.show_reach(by=request.actor, referral_id=referral_id)
    page = selectors.detail(by=request.actor, referral_id=referral_id)
    context = {"referral": page.referral, "card": page.card, "reach": reach}
    return render(request, "referral/reach.html", context)


@require_safe
def ink(request: StaffRequest, referral_id: UUID) -> HttpResponse:
    """The name that was drawn when somebody agreed."""
    picture = selectors.drawn_name(by=request.actor, referral_id=referral_id)
    return HttpResponse(picture, content_type="image/png", headers={"Cache-Control": "private, no-store"})


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
        return came_from(request, done)

    return view


def came_from(request: StaffRequest, leg: Any) -> HttpResponse:
    """Back to the board the order came from, which says what was done; else to the leg."""
    there, leg_page = back_to(request, leg.pk), reverse("referral:detail", args=[leg.pk])
    if there != leg_page:
        said = {"number": leg.number, "status": leg.get_status_display()}
        messages.success(request, _("%(number)s is now: %(status)s. The branch has been told.") % said)
    return redirect(there)


def back_to(request: StaffRequest, referral_id: UUID) -> str:
    """The board the order came from, else the leg's page."""
    then = request.POST.get("then", "")
    if then.startswith(BOARDS) and url_has_allowed_host_and_scheme(then, None):
        return then
    return reverse("referral:detail", args=[referral_id])


def arguments(said: OrderForm) -> dict[str, Any]:
    """The form's fields by the verb's parameter names."""
    names = {"department": "department_id", "target": "target_id"}
    told = said.order()
    return {
        **{names.get(name, name): value for name, value in told.items() if name != "bed"},
        **told.get("bed", {}),
    }


submit = verb(OrderForm, services.submit)
discard = verb(OrderForm, services.discard)
withdraw = verb(WithdrawForm, services.withdraw)
acknowledge = verb(OrderForm, services.acknowledge)
accept = verb(AcceptForm, services.accept)
arrive = verb(ArriveForm, services.arrive)
admit = verb(AdmitForm, services.admit)
complete_care = verb(ReplyForm, services.complete_care)
start_down_leg = verb(PlanForm, services.start_down_leg)
start_rehab = verb(RehabForm, services.start_rehab)
finish_plan = verb(OrderForm, services.finish_plan)
prioritise = verb(UrgencyForm, services.prioritise)
expect = verb(ExpectForm, services.expect)
discharge = verb(OrderForm, services.discharge)
complete_form = verb(CompletedForm, services.complete_form)
complete_record = verb(RecordForm, services.complete_record)

ORDERS = {**services.VERBS, Event.CLOSE_NO_SHOW: services.log_call}
"""What a form orders: a call's outcome decides whether the leg ends with it."""
MORE = {event.value: verb(offer.form, ORDERS[event]) for event, offer in OFFERS.items()}
"""The steps beside the everyday ones, by event."""
