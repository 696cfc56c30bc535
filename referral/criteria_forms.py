"""Input of the criteria: what a doctor ticks and types beside a form, and a new version of the table."""

from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kernel.forms import OrderForm
from referral.choices import Direction
from referral.engine import criteria
from referral.selectors.criteria import Answers

PREFIX: Final = "c-"
"""Names of the helper's fields begin so."""
SHOWN: Final = "c-shown"
"""Hidden field of the helper: without it nothing was asked, and what stands in the leg stays."""
AT_MOST: Final = 40


def answers(data: Mapping[str, Any]) -> Answers | None:
    """What was ticked and typed in the helper; None where it was not on the page."""
    if SHOWN not in data:
        return None
    names = [name for name in data if name.startswith(PREFIX) and name != SHOWN]
    return {name.removeprefix(PREFIX): str(data[name])[:AT_MOST] for name in names}


def direction(data: QueryDict) -> str:
    """Which side's rules are asked for: down only where the address says so."""
    return Direction.DOWN if data.get("direction") == Direction.DOWN else Direction.UP


class TableForm(OrderForm):
    """Another version of the table: its limits, the rules that count, from when, why."""

    name = forms.CharField(label=pgettext_lazy("referral criteria", "Name of the new version"), max_length=20)
    valid_from = forms.DateField(
        label=_("Counts from"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    reason = forms.CharField(
        label=_("Why it changes"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, table: criteria.Table, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.table = table
        for rule in table["rules"]:
            self.fields[f"counts_{rule['code']}"] = forms.BooleanField(
                label=f"{rule['code']} {rule['title']}", required=False, initial=True
            )
            for place, one in enumerate(criteria.limits(rule["when"])):
                fact = table["facts"][one["fact"]]
                self.fields[f"limit_{rule['code']}_{place}"] = forms.FloatField(
                    label=f"{fact['title']} {one['is']}",
                    initial=one["value"],
                    help_text=fact.get("unit", ""),
                    widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
                )

    @property
    def rules(self) -> list[tuple[forms.BoundField, list[forms.BoundField]]]:
        """Each rule's tick with its limits, for the page."""
        return [
            (
                self[f"counts_{rule['code']}"],
                [
                    self[f"limit_{rule['code']}_{place}"]
                    for place, _one in enumerate(criteria.limits(rule["when"]))
                ],
            )
            for rule in self.table["rules"]
        ]

    def order(self) -> dict[str, Any]:
        said = super().order()
        limits, without = dict[str, float](), list[str]()
        for rule in self.table["rules"]:
            code = rule["code"]
            without += [] if said[f"counts_{code}"] else [code]
            for place, one in enumerate(criteria.limits(rule["when"])):
                value = said[f"limit_{code}_{place}"]
                limits[f"{code}.{place}"] = one["value"] if value == one["value"] else value
        words = {name: said[name] for name in ("name", "valid_from", "reason")}
        return {**words, "limits": limits, "without": without}
