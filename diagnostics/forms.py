"""What people type: an order, a report, a reason, a read-back."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from diagnostics import selectors
from diagnostics.choices import CriticalAction, FeeState, Modality, Outcome, Priority
from diagnostics.selectors import Repeat
from kernel.actor import Actor
from kernel.web.forms import OrderForm, offer


class ExamForm(OrderForm):
    """An exam request. An exam done recently asks once: `anyway` says it is meant."""

    item_code = forms.ChoiceField(label=_("Exam"))
    priority = forms.ChoiceField(
        label=_("Priority"), choices=Priority, widget=forms.RadioSelect, initial=Priority.ROUTINE
    )
    fee_state = forms.ChoiceField(
        label=_("Payment"), choices=FeeState, widget=forms.RadioSelect, initial=FeeState.PAID
    )
    clinical_question = forms.CharField(
        label=_("Complaint, and what the exam shall answer"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    anyway = forms.BooleanField(label=_("Do it again, I know of the earlier one"), required=False)
    encounter_id = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, by: Actor, patient_id: UUID, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by, self.patient_id = by, patient_id
        self.repeat: Repeat | None = None
        offer(self, "item_code", grouped(selectors.items(by=by)))

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("item_code"):
            self.repeat = selectors.recent_same(
                by=self.by, patient_id=self.patient_id, item_code=cleaned["item_code"]
            )
        if self.repeat is not None and not cleaned.get("anyway"):
            self.add_error("item_code", _("The same exam was made or ordered recently. Look at it first."))
        return cleaned

    def order(self) -> dict[str, Any]:
        fields = super().order()
        fields.pop("anyway")
        return fields


def grouped(items: Any) -> list[tuple[str, list[tuple[str, str]]]]:
    """Items by modality, for a list one can scan."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for item in items:
        groups.setdefault(item.modality, []).append((item.code, item.name))
    return [
        ("", [("", str(_("Choose an exam")))]),
        *((str(Modality(key).label), rows) for key, rows in groups.items()),
    ]


class ReadingForm(OrderForm):
    """A report being written. Nothing is required: what is missing is said when it is signed."""

    draft_version = forms.IntegerField(min_value=0, required=False, widget=forms.HiddenInput)
    findings = forms.CharField(
        label=_("Findings"), required=False, max_length=8000, widget=forms.Textarea(attrs={"rows": 8})
    )
    impression = forms.CharField(
        label=_("Impression"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 4})
    )
    advice = forms.CharField(label=_("Advice"), required=False, max_length=500)
    outcome = forms.ChoiceField(label=_("Result"), required=False, choices=Outcome, widget=forms.RadioSelect)
    critical_text = forms.CharField(label=_("Critical value"), required=False, max_length=200)

    def draft(self) -> dict[str, Any]:
        """The fields of `services.save_draft`."""
        fields = self.order()
        return {**fields, "draft_version": fields["draft_version"] or 0}


class ReasonForm(OrderForm):
    """A verb that wants a reason in words."""

    reason = forms.CharField(label=_("Reason"), max_length=300)


class PlainForm(OrderForm):
    """A verb that wants nothing but the version seen."""


class ReadBackForm(OrderForm):
    """A critical value is read back: typed again, with what is done."""

    read_back = forms.CharField(
        label=_("Type the critical value again"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autofocus": True}),
    )
    action = forms.ChoiceField(label=_("Action taken"), choices=CriticalAction, widget=forms.RadioSelect)
