"""Input of the calendar page."""

from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from kernel.web.forms import OrderForm


class YearForm(OrderForm):
    """A year's public holidays as a table."""

    year = forms.IntegerField(label=_("Year"), min_value=2000, max_value=2100)
    text = forms.CharField(
        label=_("Days"),
        required=False,
        max_length=4000,
        help_text=_("A line each: first day, last day, 休 or 班, name"),
        widget=forms.Textarea(attrs={"rows": 14}),
    )


class HoursForm(OrderForm):
    """An institution's week, a text a day; `seen` is the version it was decided on (0: the house's own)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seen_version"] = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
        for number, name in WEEKDAYS.items():
            self.fields[f"day_{number}"] = forms.CharField(label=name, required=False, max_length=80)

    @property
    def days(self) -> list[forms.BoundField]:
        return [self[f"day_{number}"] for number in range(7)]

    @property
    def seen(self) -> int:
        return int(self.cleaned_data["seen_version"])

    def week(self) -> list[str]:
        return [str(self.cleaned_data[f"day_{number}"]) for number in range(7)]
