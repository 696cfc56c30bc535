"""Input of the registration desk."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from emr.index.choices import IdKind, NoIdReason, Sex
from kernel import days
from kernel.web.forms import OrderForm

SEXES = [(one.value, one.label) for one in (Sex.FEMALE, Sex.MALE, Sex.UNKNOWN, Sex.UNSTATED)]
DAYS = ["%Y-%m-%d", "%Y%m%d", "%Y.%m.%d", "%Y/%m/%d"]


class RegisterForm(OrderForm):
    """A new patient: the card first, the rest follows from it."""

    id_kind = forms.ChoiceField(label=_("Document"), choices=IdKind.choices, initial=IdKind.RESIDENT)
    id_number = forms.CharField(
        label=_("Number of the document"),
        max_length=24,
        required=False,
        help_text=_("Put the card on the reader, or type; birth date and sex follow from it."),
        widget=forms.TextInput(attrs={"class": "ly-mono", "autocomplete": "off", "spellcheck": "false"}),
    )
    name = forms.CharField(
        label=_("Name"), max_length=60, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    sex = forms.ChoiceField(label=_("Sex"), choices=SEXES, widget=forms.RadioSelect, required=False)
    birth_date = days.DayField(
        label=_("Birth date"),
        required=False,
        input_formats=DAYS,
        help_text=_("19590312 or 1959-03-12"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    phone = forms.CharField(
        label=_("Mobile number"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    address = forms.CharField(
        label=_("Address"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    no_id_reason = forms.ChoiceField(
        label=_("Why without a document"), choices=[("", "—"), *NoIdReason.choices], required=False
    )
    mother_id_number = forms.CharField(
        label=_("Mother's identity number"),
        max_length=24,
        required=False,
        widget=forms.TextInput(attrs={"class": "ly-mono", "autocomplete": "off"}),
    )
    unidentified = forms.BooleanField(label=_("Nobody knows who this is"), required=False)
    confirm_name = forms.BooleanField(
        label=_("I have compared the card with the person: both names are hers"), required=False
    )
    reason = forms.CharField(label=_("Why the names differ"), max_length=200, required=False)

    def clean(self) -> dict[str, Any]:
        """A resident number says birth date and sex: nothing is typed twice."""
        said: dict[str, Any] = super().clean() or {}
        said["sex"] = said.get("sex") or Sex.UNKNOWN
        return said


class CheckForm(forms.Form):
    """A number as it is typed."""

    id_kind = forms.ChoiceField(choices=IdKind.choices, required=False)
    id_number = forms.CharField(max_length=24, required=False)


class RevealForm(forms.Form):
    what = forms.ChoiceField(choices=[(name, name) for name in ("id_number", "phone", "address")])


class MergeForm(OrderForm):
    """Why two are one, or are not."""

    reason = forms.CharField(
        label=_("What proves it"),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("for example: same card shown at both desks, photograph compared"),
    )
