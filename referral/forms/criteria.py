"""Input of the criteria: what a doctor ticks and types beside a form, and a new version of the table."""

import re
from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kernel import days
from kernel.web.forms import OrderForm
from referral.choices import Direction, Priority, Suggestion
from referral.engine import criteria
from referral.selectors.criteria.table import Answers

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


SUGGESTS: Final = (
    ("", "—"),
    ("up:up", Suggestion.UP.label),
    ("up:stay", Suggestion.STAY.label),
    ("down:down", Suggestion.DOWN.label),
    ("down:keep", Suggestion.KEEP.label),
    ("visit:up", pgettext_lazy("referral criteria", "up again at once, by what a follow-up visit measured")),
)
"""What a new rule suggests, with its direction."""
SIGNS: Final = {"<=": "≤", ">=": "≥"}
"""How a comparison is printed where people write it otherwise than a program."""
CONDITIONS: Final = 3
"""Conditions of a new rule on the page."""
_LIMIT: Final = re.compile(r"^(?P<number>-?\d+(?:[.,，]\d+)?)\s*(?P<unit>.*)$")


class TableForm(OrderForm):
    """Another version of the table: its limits, the rules that count, from when, why."""

    name = forms.CharField(label=pgettext_lazy("referral criteria", "Name of the new version"), max_length=20)
    valid_from = days.DayField(
        label=_("Counts from"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    reason = forms.CharField(
        label=_("Why it changes"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )

    new_code = forms.CharField(
        label=pgettext_lazy("referral criteria", "Number of the new rule"), max_length=6, required=False
    )
    new_title = forms.CharField(
        label=pgettext_lazy("referral criteria", "The new rule in words"), max_length=80, required=False
    )
    new_suggest = forms.ChoiceField(
        label=pgettext_lazy("referral criteria", "It suggests"), choices=SUGGESTS, required=False
    )
    new_urgency = forms.ChoiceField(
        label=pgettext_lazy("referral criteria", "with the urgency"),
        choices=[("", "—"), *Priority.choices],
        required=False,
    )
    new_join = forms.ChoiceField(
        label=pgettext_lazy("referral criteria", "when"),
        choices=[
            ("all", pgettext_lazy("referral criteria", "all conditions hold")),
            ("any", pgettext_lazy("referral criteria", "one of them holds")),
        ],
        required=False,
    )

    def __init__(self, *args: Any, table: criteria.Table, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.table = table
        self._ask_conditions()
        for rule in table["rules"]:
            self.fields[f"counts_{rule['code']}"] = forms.BooleanField(
                label=f"{rule['code']} {rule['title']}", required=False, initial=True
            )
            for place, one in enumerate(criteria.limits(rule["when"])):
                fact = table["facts"][one["fact"]]
                self.fields[f"limit_{rule['code']}_{place}"] = forms.FloatField(
                    label=f"{fact['title']} {SIGNS.get(one['is'], one['is'])}",
                    initial=one["value"],
                    help_text=fact.get("unit", ""),
                    widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
                )

    def _ask_conditions(self) -> None:
        """Fields of the new rule's conditions: what, how compared, the limit with its unit."""
        known = [
            (name, f"{one['title']}（{one['unit']}）" if one.get("unit") else one["title"])
            for name, one in self.table["facts"].items()
            if one["kind"] != criteria.SWEEP
        ]
        signs = [(sign, SIGNS.get(sign, sign)) for sign in criteria.ASKS["number"]]
        for n in range(1, CONDITIONS + 1):
            words = {"n": n}
            self.fields[f"new_fact_{n}"] = forms.ChoiceField(
                label=_("Condition %(n)d") % words, choices=[("", "—"), *known], required=False
            )
            self.fields[f"new_is_{n}"] = forms.ChoiceField(
                label=_("Comparison %(n)d") % words, choices=[("", "—"), *signs], required=False
            )
            self.fields[f"new_limit_{n}"] = forms.CharField(
                label=_("Limit %(n)d, with its unit") % words, max_length=80, required=False
            )

    @property
    def conditions(self) -> list[list[forms.BoundField]]:
        """The fields of each condition of the new rule, for the page."""
        parts = ("fact", "is", "limit")
        return [[self[f"new_{part}_{n}"] for part in parts] for n in range(1, CONDITIONS + 1)]

    @property
    def adds(self) -> bool:
        """Whether something of a new rule was typed."""
        return self.is_bound and any(
            str(value).strip()
            for name, value in self.data.items()
            if name.startswith("new_") and name != "new_join"
        )

    def _added(self) -> list[dict[str, Any]]:
        """The new rule as the table holds it; nothing where none was typed. What is wrong with it the table says."""
        if not self.adds:
            return []
        said = self.cleaned_data
        direction, _colon, suggest = said["new_suggest"].partition(":")
        conditions = [
            self._condition(said[f"new_fact_{n}"], said[f"new_is_{n}"], said[f"new_limit_{n}"])
            for n in range(1, CONDITIONS + 1)
            if said[f"new_fact_{n}"]
        ]
        return [
            {
                "code": said["new_code"].strip(),
                "direction": direction,
                "suggest": suggest,
                "urgency": said["new_urgency"],
                "title": said["new_title"].strip(),
                "when": {said["new_join"] or "all": conditions} if conditions else {},
            }
        ]

    def _condition(self, name: str, compared: str, limit: str) -> dict[str, Any]:
        kind = self.table["facts"][name]["kind"]
        if kind == "tick":
            return {"fact": name, "is": compared or "true"}
        if kind == "codes":
            return {"fact": name, "is": compared or "begins", "value": limit.replace("、", " ").split()}
        found = _LIMIT.match(limit.strip())
        value = float(re.sub("[,，]", ".", found["number"])) if found else limit.strip()
        unit = found["unit"].strip() if found else ""
        return {"fact": name, "is": compared, "value": value, **({"unit": unit} if unit else {})}

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
        return {**words, "limits": limits, "without": without, "added": self._added()}
