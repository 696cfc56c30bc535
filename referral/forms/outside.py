"""Input of what a hospital outside says by telephone: who told it and when, beside what the step asks for."""

from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kernel import days
from kernel.web.forms import OrderForm
from referral.choices import Event
from referral.forms.desk import InfoForm, TransferForm
from referral.forms.leg import AdmitForm, AdviseForm, DeathForm, ReadyForm, ReasonForm, RejectForm, SupplyForm

TOLD: Final = ("told_by", "told_at", "note")


class ToldForm(forms.Form):
    """Who at the hospital outside said it, when, and what else was said."""

    told_by = forms.CharField(
        label=pgettext_lazy("telephoned", "Who told it"),
        max_length=120,
        help_text=_("department, name, post"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    told_at = days.MomentField(
        label=pgettext_lazy("telephoned", "When"),
        required=False,
        help_text=_("empty: now"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
    )
    note = forms.CharField(
        label=pgettext_lazy("telephoned", "What else was said"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": 500}),
    )


class AcceptedForm(OrderForm):
    """They take the patient: when to come, and a word for the way."""

    come_at = days.MomentField(
        label=_("To come at"), required=False, widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )
    words = forms.CharField(
        label=pgettext_lazy("telephoned", "Where to report, what to bring"), max_length=200, required=False
    )


class ArrivedForm(OrderForm):
    """She is there; they have looked at her card."""

    identity_checked = forms.BooleanField(
        label=pgettext_lazy("telephoned", "They say they have checked who this is")
    )


class ComplaintForm(AdmitForm):
    """She is in their care."""

    bed_id = None  # type: ignore[assignment]  # their beds are not ours


class DischargedForm(OrderForm):
    """She was discharged there: what a return form would say."""

    outcome = forms.CharField(
        label=_("Diagnosis and course"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 500}),
    )
    advice = forms.CharField(
        label=_("What the branch should do next"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 500}),
    )
    results = forms.CharField(
        label=_("Main results"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": 500}),
    )


FORMS: Final[Mapping[Event, type[OrderForm]]] = {
    Event.CONFIRM_READY: ReadyForm,
    Event.ACCEPT: AcceptedForm,
    Event.REQUEST_INFO: InfoForm,
    Event.REJECT: RejectForm,
    Event.ADVISE: AdviseForm,
    Event.REVOKE: RejectForm,
    Event.ARRIVE: ArrivedForm,
    Event.ADMIT: ComplaintForm,
    Event.REFUSE_ON_ARRIVAL: RejectForm,
    Event.COMPLETE_CARE: DischargedForm,
    Event.SUPPLY_INFO: SupplyForm,
    Event.START_TRANSFER: TransferForm,
    Event.ACKNOWLEDGE: OrderForm,
    Event.CLOSE_NO_SHOW: ReasonForm,
    Event.WITHDRAW: ReasonForm,
    Event.TURN_BACK: ReasonForm,
    Event.DEATH: DeathForm,
}


def call_form(event: Event) -> type[OrderForm]:
    """The form of one telephoned step: what the step asks for, then who told it and when."""
    return type("CallForm", (ToldForm, FORMS[event]), {"__doc__": FORMS[event].__doc__})


def split(said: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The order as what was told by whom, and what the step takes."""
    told = {"told_by": said["told_by"], "told_at": said["told_at"], "words": said["note"]}
    return told, {name: value for name, value in said.items() if name not in TOLD}
