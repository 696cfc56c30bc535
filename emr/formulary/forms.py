"""Input of the drug list."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from emr.formulary.choices import Supply
from kernel.web.forms import OrderForm

STATES = [(one.value, one.label) for one in (Supply.STOCKED, Supply.OUT)]


class DrugsForm(OrderForm):
    """Names, one a line."""

    drugs = forms.CharField(
        label=pgettext_lazy("drug list", "Drugs, one a line"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("name and form, without strength; a pasted column of a table will do"),
    )
    state = forms.ChoiceField(
        label=pgettext_lazy("drug list", "These drugs are"),
        choices=STATES,
        initial=Supply.STOCKED,
        widget=forms.RadioSelect,
    )


class StateForm(OrderForm):
    state = forms.ChoiceField(choices=STATES)
