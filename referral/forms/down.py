"""Input of the way back: the return form, the plan, visits, words to the other side."""

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final, cast
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from emr.chart.choices import VITALS
from kernel import days
from kernel.web.forms import OrderForm
from referral.choices import READINGS, USUAL, Drug, FollowUp, ItemKind, NoPlan, PlanLine, Way
from referral.forms.criteria import answers

PLAN_LINES: Final = 6
DRUG_LINES: Final = 6
OWN_LINES: Final = 3
REPEATS: Final = (
    ("", pgettext_lazy("plan", "once")),
    ("7", pgettext_lazy("plan", "every week")),
    ("14", pgettext_lazy("plan", "every 2 weeks")),
    ("30", pgettext_lazy("plan", "every 30 days")),
    ("90", pgettext_lazy("plan", "every 3 months")),
)
_DOSE: Final = re.compile(r"^(?P<dose>[\d./]+\s*[^\s\d]+)\s+(?P<often>.+)$")


def _day() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"})


def _long(label: Any, most: int, *, required: bool = False, rows: int = 2) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=required,
        max_length=most,
        widget=forms.Textarea(attrs={"rows": rows, "maxlength": most}),
    )


class ReplyForm(OrderForm):
    """The return form (回转单) and what follows."""

    record_number = forms.CharField(label=_("Record number"), max_length=40, required=False)
    outcome = _long(_("Diagnosis and course"), 500, required=True)
    results = _long(_("Main results"), 500)
    course = _long(_("Treatment so far"), 500)
    advice = _long(_("What the branch should do next"), 500, required=True)
    rehabilitation = _long(_("Advice on rehabilitation"), 500)
    follow_up = forms.ChoiceField(label=_("What follows"), choices=FollowUp.choices, widget=forms.RadioSelect)
    no_plan = forms.ChoiceField(label=_("Why no plan"), choices=[("", "—"), *NoPlan.choices], required=False)
    no_plan_words = forms.CharField(label=_("Why, in a sentence"), max_length=200, required=False)


class _Ticked(forms.MultipleChoiceField):
    """Medicines of the record by tick; the page names them, the words themselves come back."""

    def valid_value(self, value: Any) -> bool:
        return bool(str(value).partition("|")[0].strip())


def drug_of(said: str) -> Drug:
    """`name|directions` of a tick: the directions' first number with its unit is the dose."""
    name, _bar, directions = said.partition("|")
    found = _DOSE.match(directions.strip())
    dose, often = (found["dose"], found["often"]) if found else ("", directions.strip())
    return Drug(name.strip()[:80], dose[:40], often[:40])


class LinesForm(OrderForm):
    """Lines of a plan: kind, words, first day, how often, how many times."""

    lines_shown = PLAN_LINES
    first_needed = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for n in range(1, self.lines_shown + 1):
            needed = n == 1 and self.first_needed
            words = {"n": n}
            self.fields[f"kind_{n}"] = forms.ChoiceField(
                label=_("Kind of item %(n)d") % words, choices=ItemKind.choices, required=False
            )
            self.fields[f"item_{n}"] = forms.CharField(
                label=_("Plan item %(n)d") % words, required=needed, max_length=200
            )
            self.fields[f"due_{n}"] = days.DayField(
                label=_("First day of item %(n)d") % words, required=needed, widget=_day()
            )
            self.fields[f"every_{n}"] = forms.ChoiceField(
                label=_("How often item %(n)d") % words, choices=REPEATS, required=False
            )
            self.fields[f"times_{n}"] = forms.IntegerField(
                label=_("How many times item %(n)d") % words, required=False, min_value=1, max_value=26
            )

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        for n in range(1, self.lines_shown + 1):
            if said.get(f"item_{n}") and not said.get(f"due_{n}") and f"due_{n}" not in self.errors:
                self.add_error(f"due_{n}", _("Give the day."))
            if (said.get(f"times_{n}") or 1) > 1 and not said.get(f"every_{n}"):
                self.add_error(f"every_{n}", _("Say how often it is repeated."))
        return said

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The fields of each line by their part, for the page."""
        parts = ("kind", "item", "due", "every", "times")
        return [
            {"number": n, **{part: self[f"{part}_{n}"] for part in parts}}
            for n in range(1, self.lines_shown + 1)
        ]

    def plan(self) -> list[PlanLine]:
        said, found = self.cleaned_data, []
        for n in range(1, self.lines_shown + 1):
            text, due = said.get(f"item_{n}"), cast(date | None, said.get(f"due_{n}"))
            if text and due:
                every = int(said.get(f"every_{n}") or 0)
                times = (said.get(f"times_{n}") or 1) if every else 1
                found.append(PlanLine(text, due, said.get(f"kind_{n}") or ItemKind.VISIT, every, times))
        return found


class PlanForm(LinesForm):
    """The down leg: medicines of the record by tick, others typed; and the plan."""

    first_needed = True
    taken = _Ticked(required=False, widget=forms.CheckboxSelectMultiple)
    no_medicines = forms.BooleanField(label=_("No medicine to go on with"), required=False)
    supply = forms.CharField(
        label=_("How the patient gets what the branch does not have"), max_length=300, required=False
    )
    override = forms.CharField(label=_("If you decide otherwise: why"), max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for n in range(1, DRUG_LINES + 1):
            for part, label, most in (
                ("name", _("Drug %(n)d"), 80),
                ("dose", _("Dose of drug %(n)d"), 40),
                ("often", _("How often drug %(n)d"), 40),
                ("long", _("How long drug %(n)d"), 40),
            ):
                self.fields[f"drug_{part}_{n}"] = forms.CharField(
                    label=label % {"n": n}, max_length=most, required=False
                )

    @property
    def drugs(self) -> list[dict[str, Any]]:
        """The fields of each typed drug by their part, for the page."""
        parts = ("name", "dose", "often", "long")
        return [
            {"number": n, **{part: self[f"drug_{part}_{n}"] for part in parts}}
            for n in range(1, DRUG_LINES + 1)
        ]

    @property
    def ticked(self) -> list[str]:
        """What came back ticked, for a page that is shown again."""
        return self.data.getlist("taken") if self.is_bound and hasattr(self.data, "getlist") else []

    def medicines(self) -> list[Drug]:
        said = self.cleaned_data
        typed = [
            Drug(*(said.get(f"drug_{part}_{n}", "") for part in ("name", "dose", "often", "long")))
            for n in range(1, DRUG_LINES + 1)
            if said.get(f"drug_name_{n}")
        ]
        return [*(drug_of(one) for one in said.get("taken", [])), *typed]

    def order(self) -> dict[str, Any]:
        said = self.cleaned_data
        return {
            "plan": self.plan(),
            "medicines": self.medicines(),
            "no_medicines": said["no_medicines"],
            "supply": said["supply"],
            "criteria": answers(self.data),
            "override": said["override"],
        }


class RehabForm(LinesForm):
    """Who takes the plan over, and what the branch adds to it."""

    lines_shown = OWN_LINES
    responsible = forms.UUIDField(required=False)
    team = forms.CharField(label=_("Family-doctor team"), max_length=60, required=False)

    def order(self) -> dict[str, Any]:
        said = self.cleaned_data
        responsible: UUID | None = said["responsible"]
        return {"responsible_id": responsible, "team": said["team"], "plan": self.plan()}


class VisitForm(OrderForm):
    """What came of a plan item: done with its readings, not reached, or left out."""

    way = forms.ChoiceField(
        label=pgettext_lazy("follow-up", "How"),
        choices=Way.choices,
        initial=Way.PHONE,
        widget=forms.RadioSelect,
        required=False,
    )
    result = forms.CharField(
        label=pgettext_lazy("follow-up", "What was found"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": 300}),
    )

    def __init__(self, *args: Any, first: Sequence[str] = USUAL, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.first = first
        for name in READINGS:
            vital = VITALS[name]
            self.fields[name] = forms.DecimalField(
                label=cast(str, vital.label),
                required=False,
                max_digits=6,
                decimal_places=1,
                help_text=vital.shown,
                widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
            )

    @property
    def measured(self) -> list[forms.BoundField]:
        """What this patient's disease asks for, and whatever was typed."""
        typed = [name for name in READINGS if name not in self.first and self[name].data]
        return [self[name] for name in (*self.first, *typed)]

    @property
    def others(self) -> list[forms.BoundField]:
        shown = {field.name for field in self.measured}
        return [self[name] for name in READINGS if name not in shown]

    def order(self) -> dict[str, Any]:
        """The pressed button says what became of it."""
        said, pressed = self.cleaned_data, self.data.get("became", "")
        taken = {name: Decimal(said[name]) for name in READINGS if said.get(name) is not None}
        return {
            "result": said["result"],
            "waived": pressed == "waived",
            "unreached": pressed == "unreached",
            "way": said["way"] or Way.CLINIC,
            "readings": taken,
        }


class TalkForm(OrderForm):
    text = forms.CharField(
        label=_("To the other side"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": 1000}),
    )
