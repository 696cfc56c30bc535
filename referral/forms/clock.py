"""Input about time: limits, urgency, papers written afterwards."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kernel import days
from kernel.web.forms import OrderForm
from referral.choices import ConsentBasis, Priority
from referral.selectors.house.limits import Limit
from referral.services.form.backfill import AGREED


def _long(label: Any, most: int) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=most, widget=forms.Textarea(attrs={"rows": 3, "maxlength": most})
    )


class _Beside(OrderForm):
    """A form that stands on the leg's page beside others: the ids of its fields bear its own name."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", f"{type(self).__name__.lower()}-%s")
        super().__init__(*args, **kwargs)


class UrgencyForm(_Beside):
    """Another urgency, with the reason."""

    priority = forms.ChoiceField(label=_("Urgency"), choices=Priority.choices, widget=forms.RadioSelect)
    reason = forms.CharField(label=_("Why the urgency changes"), max_length=200)


class ExpectForm(_Beside):
    """Another day a place is expected, with the reason."""

    expected_date = days.DayField(
        label=_("A place is expected on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    reason = forms.CharField(label=_("Why the day changes"), max_length=200)


class RecordForm(_Beside):
    """The record of the rescue."""

    treatment = _long(_("What was done, when, by whom"), 500)


class CompletedForm(_Beside):
    """Form and consent, completed."""

    consent = forms.ChoiceField(
        label=_("Consent"),
        choices=[(one.value, one.label) for one in ConsentBasis if one in AGREED],
        widget=forms.RadioSelect,
    )
    history = _long(_("Relevant history"), 500)
    treatment = _long(_("What was done before and on the way"), 500)


class LimitsForm(OrderForm):
    """A number for each limit in its own unit; an empty one gives the house's own back."""

    def __init__(self, *args: Any, cells: Iterable[Limit] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cells = {one.name: one for one in cells}
        for name, one in self.cells.items():
            self.fields[name] = forms.DecimalField(
                label=f"{one.status.label} {one.priority.label} ({one.unit})",
                required=False,
                min_value=0,
                max_digits=8,
                decimal_places=3,
                initial=one.value,
                widget=forms.TextInput(
                    attrs={"class": "form-control w-auto", "inputmode": "decimal", "size": 5}
                ),
            )

    def minutes(self) -> dict[str, int | None]:
        """The limits in minutes, as the service takes them."""
        said = self.cleaned_data
        return {
            name: None if said[name] is None else one.minutes_of(said[name])
            for name, one in self.cells.items()
        }
