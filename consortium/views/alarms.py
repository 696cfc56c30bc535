"""Alarms of the house: what waits, who looks into it, what it was; and the rules behind them."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from consortium import selectors, services
from consortium.forms.alarm import FindingForm, RuleForm, page_of
from kernel.web.forms import OrderForm, keeps_input
from kernel.web.http import StaffRequest

page = require_http_methods(["GET", "HEAD", "POST"])


@require_GET
def alarms(request: StaffRequest) -> HttpResponse:
    """What waits; `?show=closed` what was found. The rules stand beside it."""
    show, number = request.GET.get("show", ""), page_of(request)
    found, more = selectors.alarms(by=request.actor, show=show, page=number)
    context = {"alarms": found, "more": more, "show": show, "page": number}
    return render(
        request, "consortium/alarms.html", {**context, "rules": selectors.rules_shown(by=request.actor)}
    )


def _alarm(request: StaffRequest, alarm_id: UUID) -> dict[str, Any]:
    return {"one": selectors.alarm(by=request.actor, alarm_id=alarm_id)}


@page
@keeps_input("consortium/alarm.html", FindingForm, context=_alarm)
def alarm(request: StaffRequest, alarm_id: UUID) -> HttpResponse:
    """One alarm; close it with what was found."""
    if request.method == "POST":
        form = FindingForm.valid(request)
        services.close_alarm(by=request.actor, alarm_id=alarm_id, version=form.version, **form.order())
        messages.success(request, _("The alarm is closed with your finding."))
        return redirect("consortium:alarms")
    shown = _alarm(request, alarm_id)
    form = FindingForm(initial={"version": shown["one"].alarm.version})
    return render(request, "consortium/alarm.html", {"form": form, **shown})


@require_POST
@keeps_input("consortium/alarm.html", FindingForm, context=_alarm)
def take(request: StaffRequest, alarm_id: UUID) -> HttpResponse:
    """Take it over: others see who looks into it."""
    services.take_alarm(by=request.actor, alarm_id=alarm_id, version=OrderForm.valid(request).version)
    messages.success(request, _("You look into it. Close it with what you found."))
    return redirect("consortium:alarm", alarm_id)


def _rule(request: StaffRequest, name: str) -> dict[str, Any]:
    return {"one": selectors.rule_shown(selectors.alarm_rule(by=request.actor, code=f"watch.{name}"))}


@page
@keeps_input("consortium/alarm_rule.html", RuleForm, context=_rule)
def rule(request: StaffRequest, name: str) -> HttpResponse:
    """Propose another threshold; a second person approves it."""
    shown = _rule(request, name)
    if request.method == "POST":
        services.propose_rule(by=request.actor, code=f"watch.{name}", **RuleForm.valid(request).proposal())
        messages.success(request, _("Proposed. It counts when a second person has approved it."))
        return redirect("consortium:alarms")
    return render(request, "consortium/alarm_rule.html", {"form": RuleForm.of(shown["one"].rule), **shown})
