"""Hospitals outside the county: their legs, what they say by telephone, the messages with them."""

from typing import Any, Final
from uuid import UUID

from django.contrib import messages as flash
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kernel.web.forms import OrderForm, bound, keeps_input
from kernel.web.http import StaffRequest
from referral import selectors, services
from referral.choices import Event
from referral.forms.outside import call_form, split
from referral.selectors.outside.legs import TABS
from referral.selectors.outside.messages import FILTERS
from referral.views.lists import page_asked
from referral.views.steps import OFFERS

CALL: Final = "referral/outside/call.html"
PAGE: Final = 25
TAB_WORDS: Final = {
    "open": pgettext_lazy("referral outside", "Open"),
    "ended": gettext_lazy("Ended"),
}
SAYS: Final = {
    Event.ACCEPT: pgettext_lazy("telephoned", "They take the patient"),
    Event.ARRIVE: pgettext_lazy("telephoned", "She has arrived there"),
    Event.ADMIT: pgettext_lazy("telephoned", "She is in their care"),
    Event.COMPLETE_CARE: pgettext_lazy("telephoned", "She was discharged there"),
    Event.ACKNOWLEDGE: pgettext_lazy("telephoned", "They have read the reply"),
    Event.WITHDRAW: pgettext_lazy("telephoned", "They take the request back"),
    Event.REJECT: pgettext_lazy("telephoned", "They do not take her"),
    Event.REQUEST_INFO: pgettext_lazy("telephoned", "They ask for more"),
    Event.ADVISE: pgettext_lazy("telephoned", "They advise: she stays"),
    Event.CONFIRM_READY: pgettext_lazy("telephoned", "They say who waits where"),
}
"""The words of a hospital outside; the other steps are called as on a leg's own page."""


@require_safe
def legs(request: StaffRequest) -> HttpResponse:
    """Legs to and from hospitals outside, urgent first."""
    asked, page = request.GET.get("tab", ""), page_asked(request)
    tab = asked if asked in TABS else TABS[0]
    numbers = selectors.outside_counts(by=request.actor)
    start = (page - 1) * PAGE
    found = selectors.outside_legs(by=request.actor, tab=tab, start=start, limit=PAGE + 1)
    context = {
        "tabs": [
            {"url": f"?tab={key}", "label": TAB_WORDS[key], "current": key == tab, "number": numbers[key]}
            for key in TABS
        ],
        "legs": found[:PAGE],
        "page_number": page,
        "more": len(found) > PAGE,
        "sees_messages": selectors.sees_messages(by=request.actor),
    }
    return render(request, "referral/outside/legs.html", context)


def words_of(event: Event) -> Any:
    """What a step is called when a hospital outside says it."""
    return SAYS.get(event) or (OFFERS[event].words if event in OFFERS else event.label)


def call_context(request: StaffRequest, referral_id: UUID) -> dict[str, Any]:
    """The leg, what may be said now, and the form of the chosen step."""
    call = selectors.outside_call(by=request.actor, referral_id=referral_id)
    asked = request.POST.get("event") or request.GET.get("event", "")
    event = next((one for one in call.events if one == asked), call.events[0] if call.events else None)
    back = bound(request)
    form = back or (call_form(event)(initial={"version": call.referral.version}) if event else None)
    says = [
        {"url": f"?event={one.value}", "label": words_of(one), "current": one == event} for one in call.events
    ]
    words = words_of(event) if event else ""
    return {"call": call, "card": call.card, "says": says, "event": event, "words": words, "say_form": form}


@require_http_methods(["GET", "HEAD", "POST"])
@keeps_input(CALL, OrderForm, context=call_context)
def call(request: StaffRequest, referral_id: UUID) -> HttpResponse:
    """Write down what a hospital outside said by telephone."""
    if request.method != "POST":
        return render(request, CALL, call_context(request, referral_id))
    done = _write_down(request, referral_id)
    words = {"number": done.number, "status": done.get_status_display()}
    flash.success(request, _("%(number)s is now: %(status)s.") % words)
    return redirect("referral:telephoned", referral_id)


def _write_down(request: StaffRequest, referral_id: UUID) -> Any:
    event = selectors.telephoned_event(request.POST.get("event", ""))
    form = call_form(event).valid(request)
    told, said = split(form.order())
    return services.telephoned(
        by=request.actor, referral_id=referral_id, event=event, version=form.version or 0, key=form.key,
        said=said, **told,
    )  # fmt: skip


@require_safe
def messages(request: StaffRequest) -> HttpResponse:
    """The messages with hospitals outside: what waits or was refused stands first."""
    asked, page = request.GET.get("show", ""), page_asked(request)
    chosen = asked if asked in FILTERS else ""
    found = selectors.peer_messages(by=request.actor, show=chosen, page=page)
    filters = [
        {"url": f"?show={key}", "label": words, "current": key == chosen, "number": found.numbers.get(key)}
        for key, words in FILTERS.items()
    ]
    return render(
        request, "referral/outside/messages.html", {"found": found, "filters": filters, "page_number": page}
    )


@require_safe
def message(request: StaffRequest, message_id: UUID) -> HttpResponse:
    """One message: what it says, and as it went over the line."""
    shown = selectors.peer_message(by=request.actor, message_id=message_id)
    return render(request, "referral/outside/message.html", {"message": shown, "form": OrderForm()})


@require_POST
def resend(request: StaffRequest, message_id: UUID) -> HttpResponse:
    """Send it again now, under the same id: a hospital that has it already counts it once."""
    form = OrderForm.valid(request)
    services.resend(by=request.actor, message_id=message_id, key=form.key)
    flash.success(request, _("It is on its way."))
    return redirect("referral:message", message_id)
