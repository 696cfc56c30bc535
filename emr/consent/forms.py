"""Input of the consent room."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from emr.access.choices import Purpose
from emr.consent.choices import PURPOSES, Decision, Evidence, Giver, RequestKind, Scope
from emr.consent.services.consents import SCAN_LIMIT, SCANS, Said, Scan, Terms
from kernel import clock, days
from kernel.web.forms import OrderForm, offer


def _day(label: Any, **more: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date", "autocomplete": "off"}, format="%Y-%m-%d")
    return days.DayField(label=label, widget=widget, **more)


class SaidForm(OrderForm):
    """Who says it and what proves it. Enough to withdraw a consent."""

    giver = forms.ChoiceField(
        label=_("Who says it"), choices=Giver.choices, initial=Giver.SELF, widget=forms.RadioSelect
    )
    giver_name = forms.CharField(label=_("Name, unless the person"), max_length=60, required=False)
    evidence = forms.ChoiceField(
        label=_("Proof"), choices=Evidence.choices, initial=Evidence.PAPER, widget=forms.RadioSelect
    )
    evidence_reference = forms.CharField(
        label=_("Where it is found"),
        max_length=120,
        help_text=_("number of the scanned paper or of the signature"),
    )
    scan = forms.FileField(
        label=_("The signed paper, scanned"),
        required=False,
        help_text=_("PDF, JPEG or PNG, at most 10 MB"),
        widget=forms.FileInput(attrs={"accept": ",".join(SCANS)}),
    )

    def clean_scan(self) -> Any:
        sent = self.cleaned_data["scan"]
        if sent and sent.size > SCAN_LIMIT:
            raise forms.ValidationError(_("This file is too large: at most 10 MB."))
        return sent

    @property
    def said(self) -> Said:
        """For the verbs."""
        order = self.cleaned_data
        return Said(
            giver=order["giver"],
            giver_name=order["giver_name"],
            evidence=order["evidence"],
            evidence_reference=order["evidence_reference"],
            scan=Scan(sent.file, sent.name) if (sent := order["scan"]) else None,
        )


class ConsentForm(SaidForm):
    """One yes or no: scope, purpose, institution, period."""

    decision = forms.ChoiceField(
        label=_("The person says"),
        choices=Decision.choices,
        initial=Decision.PERMIT,
        widget=forms.RadioSelect,
    )
    organisation = forms.ChoiceField(label=_("Institution"), required=False)
    purpose = forms.ChoiceField(
        label=pgettext_lazy("consent", "For"),
        choices=[(one.value, one.label) for one in PURPOSES],
        initial=Purpose.TREATMENT,
    )
    scope = forms.ChoiceField(
        label=_("How much"), choices=Scope.choices, initial=Scope.RECORD, widget=forms.RadioSelect
    )
    separate = forms.BooleanField(
        label=_("The specially protected data was asked for apart and signed apart"), required=False
    )
    until_date = _day(_("Up to and including"), required=False)

    field_order = ("decision", "organisation", "purpose", "scope", "separate", "until_date")

    def __init__(self, *args: Any, places: list[tuple[str, str]] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        everywhere = ("", _("every institution of the consortium"))
        offer(self, "organisation", [everywhere, *(places or [])])

    @property
    def terms(self) -> Terms:
        """For the verb; the last day counts whole."""
        order = self.cleaned_data
        last = order["until_date"]
        return Terms(
            decision=order["decision"],
            scope=order["scope"],
            purpose=order["purpose"],
            organisation_id=UUID(order["organisation"]) if order["organisation"] else None,
            until_at=clock.day_bounds(last)[1] if last else None,
            separate=order["separate"],
        )


class ContractForm(OrderForm):
    """A family-doctor contract."""

    team = forms.CharField(label=_("Team"), max_length=60)
    doctor_id = forms.ChoiceField(label=_("Family doctor"))
    since_date = _day(pgettext_lazy("contract", "From"))
    until_date = _day(_("Up to and without"))

    def __init__(self, *args: Any, doctors: list[tuple[str, str]] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "doctor_id", doctors or [])
        today = clock.today()
        self.fields["since_date"].initial = today
        self.fields["until_date"].initial = today + timedelta(days=365)

    def contract(self) -> dict[str, Any]:
        order = self.order()
        return {**order, "doctor_id": UUID(order["doctor_id"])}


class EndForm(OrderForm):
    """Why something ends."""

    reason = forms.CharField(label=_("Why"), max_length=200)


class DutyForm(OrderForm):
    """A duty by law."""

    organisation_id = forms.ChoiceField(label=_("Institution"))
    law = forms.CharField(
        label=_("Law and article"),
        max_length=200,
        help_text=_("for example: Law on infectious diseases, art. 20"),
    )
    until_date = _day(_("Up to and without"))

    def __init__(self, *args: Any, places: list[tuple[str, str]] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "organisation_id", places or [])
        self.fields["until_date"].initial = clock.today() + timedelta(days=30)

    def duty(self) -> dict[str, Any]:
        order = self.order()
        return {**order, "organisation_id": UUID(order["organisation_id"])}


class RequestForm(OrderForm):
    """What a person asks for."""

    kind = forms.ChoiceField(
        label=_("The person asks for"),
        choices=RequestKind.choices,
        initial=RequestKind.COPY,
        widget=forms.RadioSelect,
    )
    giver = forms.ChoiceField(
        label=_("Who asks"), choices=Giver.choices, initial=Giver.SELF, widget=forms.RadioSelect
    )
    text = forms.CharField(
        label=_("In the person's words"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class AnswerForm(OrderForm):
    """The answer a person gets."""

    granted = forms.ChoiceField(
        label=_("Answer"),
        choices=[("yes", pgettext_lazy("request", "granted")), ("no", pgettext_lazy("request", "refused"))],
        initial="yes",
        widget=forms.RadioSelect,
    )
    text = forms.CharField(
        label=_("Words of the letter"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
    )


class CopyForm(OrderForm):
    """The purpose of a copy is fixed by the request; the field tells the reader so."""

    purpose = forms.CharField(widget=forms.HiddenInput, initial="patient")
