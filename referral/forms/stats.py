"""What the reader of the statistics asks for, in the address; and what for the numbers are taken out."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kernel import clock, days
from kernel.exports import Purpose
from kernel.web.forms import OrderForm
from referral import selectors
from referral.choices import INDICATORS, Group, Indicator, Period, RejectCode

NARROWING = ("branch", "ward", "doctor", "chapter", "block", "reject_code")


class StatsForm(forms.Form):
    """Span, grouping, order and narrowing. A field that makes no sense does not narrow: the address may be old."""

    period = forms.ChoiceField(choices=Period.choices, required=False)
    on = days.DayField(required=False)
    group = forms.ChoiceField(choices=Group.choices, required=False)
    sort = forms.ChoiceField(choices=[(code, code) for code in INDICATORS], required=False)
    branch = forms.UUIDField(required=False)
    ward = forms.UUIDField(required=False)
    doctor = forms.UUIDField(required=False)
    chapter = forms.RegexField(r"^[A-Z]\d\d-[A-Z]\d\d$", required=False)
    block = forms.RegexField(r"^[A-Z]\d\d-[A-Z]\d\d$", required=False)
    reject_code = forms.ChoiceField(choices=RejectCode.choices, required=False)
    of = forms.ChoiceField(choices=[("whole", "whole")], required=False)
    page = forms.IntegerField(min_value=1, max_value=9999, required=False)

    def given(self) -> dict[str, Any]:
        """What makes sense of what was asked."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    def asked(self) -> selectors.Asked:
        """This month by branch, the worst closure first, unless something else is asked for."""
        given = self.given()
        period, day = Period(given.get("period", Period.MONTH)), given.get("on", clock.today())
        return selectors.Asked(
            span=selectors.span(period, min(max(day, date(2000, 1, 1)), clock.today())),
            group=Group(given.get("group", Group.BRANCH)),
            sort=given.get("sort", "closure"),
            narrowed={name: given[name] for name in NARROWING if name in given},
        )


class StatsExportForm(StatsForm):
    """The same numbers, taken out."""

    purpose = forms.ChoiceField(label=_("What for"), choices=Purpose.choices, initial=Purpose.STATISTICS)
    form = forms.ChoiceField(
        label=pgettext_lazy("file", "Form"),
        choices=[("xlsx", "Excel (xlsx)"), ("csv", "CSV")],
    )


class GoalsForm(OrderForm):
    """A goal in per cent for each share, empty for none; from when on, and who decided it."""

    since = days.DayField(
        label=pgettext_lazy("goal", "Counts from"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    reason = forms.CharField(label=pgettext_lazy("goal", "Decided by whom, when"), max_length=200)

    def __init__(self, *args: Any, indicators: Iterable[Indicator] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for one in indicators:
            if one.code in selectors.WITH_GOAL:
                self.fields[one.code] = forms.DecimalField(
                    label=str(one.label),
                    required=False,
                    max_digits=4,
                    decimal_places=1,
                    initial=one.goal,
                    widget=forms.TextInput(attrs={"inputmode": "decimal", "size": 4}),
                )

    def goals(self) -> dict[str, Decimal | None]:
        """The goals by indicator."""
        return {code: self.cleaned_data[code] for code in selectors.WITH_GOAL if code in self.fields}
