"""Input of the table of specially protected data."""

from django import forms
from django.utils.translation import gettext_lazy as _

from emr.access.choices import RuleSystem, Sensitive
from kernel.web.forms import OrderForm


class RuleForm(OrderForm):
    """A new line."""

    system = forms.ChoiceField(
        label=_("What is looked at"),
        choices=RuleSystem.choices,
        initial=RuleSystem.ICD10,
        widget=forms.RadioSelect,
    )
    value = forms.CharField(label=_("Code or name"), max_length=60)
    category = forms.ChoiceField(label=_("Category"), choices=Sensitive.choices)
    words = forms.CharField(label=_("What it means"), max_length=100, required=False)
    reason = forms.CharField(label=_("Why"), max_length=300)


class RuleEndForm(OrderForm):
    """Why a line ends."""

    reason = forms.CharField(label=_("Why"), max_length=300)
