"""Input of a prescription: up to five medicines, and why it is prescribed against a warning."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final, cast

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from emr.prescriptions.choices import (
    CHOSEN,
    DAYS,
    LONGEST_REFUSAL,
    LONGEST_VALID_REASON,
    MOST_MEDICINES,
    OFTEN,
    PACKS,
    UNITS,
    Kind,
    Route,
)
from emr.prescriptions.engine.sheet import Content, Diagnosis, Line, plain
from kernel.web.forms import OrderForm

PARTS: Final = ("name", "strength", "dose", "unit", "often", "route", "days", "amount", "pack", "note")
VALID: Final = (
    (1, pgettext_lazy("prescription", "today alone")),
    (2, pgettext_lazy("prescription", "2 days, to tomorrow")),
    (3, pgettext_lazy("prescription", "3 days, to the day after tomorrow")),
)
_NUMBER: Final = {"inputmode": "decimal", "autocomplete": "off"}


def _text(label: Any, most: int, **attrs: str) -> forms.CharField:
    return forms.CharField(label=label, max_length=most, required=False, widget=forms.TextInput(attrs=attrs))


def _one_of(label: Any, choices: Sequence[tuple[str, Any]], first: str) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, initial=first, required=False)


def _count(label: Any, most: int) -> forms.IntegerField:
    return forms.IntegerField(
        label=label, min_value=1, max_value=most, required=False, widget=forms.TextInput(attrs=_NUMBER)
    )


def _dose() -> forms.DecimalField:
    return forms.DecimalField(
        label=pgettext_lazy("prescription", "Each time"),
        max_digits=9,
        decimal_places=3,
        required=False,
        widget=forms.TextInput(attrs=_NUMBER),
    )


def _fields() -> dict[str, forms.Field]:
    """The fields of one medicine."""
    often = [(key, one.label) for key, one in OFTEN.items()]
    return {
        "name": _text(pgettext_lazy("prescription", "Medicine"), 80, list="own-drugs", autocomplete="off"),
        "strength": _text(pgettext_lazy("prescription", "Strength"), 40),
        "dose": _dose(),
        "unit": _one_of(pgettext_lazy("prescription", "Unit"), [(one, one) for one in UNITS], "mg"),
        "often": _one_of(pgettext_lazy("prescription", "How often"), often, "qd"),
        "route": _one_of(pgettext_lazy("prescription", "Way"), Route.choices, Route.ORAL),
        "days": _count(pgettext_lazy("prescription", "Days"), max(DAYS.values())),
        "amount": _count(pgettext_lazy("prescription", "Amount"), 999),
        "pack": _one_of(pgettext_lazy("prescription", "Pack"), [(one, one) for one in PACKS], PACKS[0]),
        "note": _text(pgettext_lazy("prescription", "Remark"), 60),
    }


class PrescriptionForm(OrderForm):
    """One sheet."""

    kind = forms.ChoiceField(
        label=pgettext_lazy("prescription", "Kind"),
        choices=Kind.choices,
        initial=Kind.ORDINARY,
        widget=forms.RadioSelect,
    )
    long_reason = forms.CharField(
        label=pgettext_lazy("prescription", "Why so long"),
        max_length=100,
        required=False,
        help_text=_("a long-term sheet alone: which chronic disease, and that it is stable"),
    )
    diagnoses = forms.MultipleChoiceField(
        label=pgettext_lazy("prescription", "Diagnosis of this visit"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    valid_days = forms.TypedChoiceField(
        label=pgettext_lazy("prescription", "Valid"),
        choices=VALID,
        coerce=int,
        initial=1,
        required=False,
        widget=forms.RadioSelect,
    )
    valid_reason = forms.CharField(
        label=pgettext_lazy("prescription", "Why longer than today"),
        max_length=LONGEST_VALID_REASON,
        required=False,
        help_text=_(
            "under special circumstances alone, such as: written at night, fetched tomorrow; it stands on the sheet"
        ),
    )
    instead = forms.UUIDField(required=False, widget=forms.HiddenInput)
    override = forms.CharField(
        label=pgettext_lazy("prescription", "Why all the same"), max_length=200, required=False
    )
    seen = forms.CharField(max_length=2000, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, diagnoses: Sequence[Diagnosis] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = cast(forms.MultipleChoiceField, self.fields["diagnoses"])
        chosen.choices = [(one.id, f"{one.code} {one.text}".strip()) for one in diagnoses]
        chosen.initial = [one.id for one in diagnoses]
        for number in range(1, MOST_MEDICINES + 1):
            for part, field in _fields().items():
                self.fields[f"{part}_{number}"] = field

    @property
    def kept(self) -> list[forms.BoundField]:
        """What a sheet says already, to go along hidden where it is signed anew: all but its validity."""
        lines = [number for number in range(1, MOST_MEDICINES + 1) if self[f"name_{number}"].value()]
        names = [f"{part}_{number}" for number in lines for part in PARTS]
        return [
            self[name] for name in ("kind", "long_reason", "diagnoses", "override", "seen", "instead", *names)
        ]

    @staticmethod
    def said(content: Content) -> dict[str, Any]:
        """A sheet as initial values: every warning it was signed against was seen, with its reason."""
        given = {
            f"{part}_{number}": plain(line.dose) if part == "dose" else getattr(line, part)
            for number, line in enumerate(content.lines, 1)
            for part in PARTS
        }
        return given | {
            "kind": content.kind,
            "long_reason": content.long_reason,
            "diagnoses": [one.id for one in content.diagnoses],
            "valid_days": content.valid_days,
            "valid_reason": content.valid_reason,
            "seen": "|".join(one.key for one in content.warnings),
            "override": content.override,
        }

    @property
    def medicines(self) -> list[dict[str, Any]]:
        """The bound fields of each medicine by their part, for the page; `open`: something stands in it."""
        return [
            {
                "number": number,
                "open": number == 1 or bool(self[f"name_{number}"].value() or self[f"name_{number}"].errors),
                **{part: self[f"{part}_{number}"] for part in PARTS},
            }
            for number in range(1, MOST_MEDICINES + 1)
        ]

    def order(self) -> dict[str, Any]:
        """The sheet as keyword arguments of `sign`. A line without a name is none."""
        said = self.cleaned_data
        return {
            "kind": said["kind"],
            "long_reason": said["long_reason"],
            "valid_days": said["valid_days"] or 1,
            "valid_reason": said["valid_reason"],
            "instead": said["instead"],
            "diagnoses": said["diagnoses"],
            "seen": [one for one in said["seen"].split("|") if one],
            "override": said["override"],
            "lines": [
                self._line(said, number)
                for number in range(1, MOST_MEDICINES + 1)
                if said[f"name_{number}"].strip()
            ],
        }

    @staticmethod
    def _line(said: dict[str, Any], number: int) -> Line:
        given = {part: said[f"{part}_{number}"] for part in PARTS}
        words = {part: given[part].strip() for part in ("name", "strength", "note")}
        return Line(
            **given
            | words
            | {
                "dose": given["dose"] or Decimal(0),
                "days": given["days"] or 0,
                "amount": given["amount"] or 0,
            }
        )


class RefuseForm(OrderForm):
    """Why an assistant's sheet is not countersigned."""

    words = forms.CharField(label=pgettext_lazy("prescription", "Why not"), max_length=LONGEST_REFUSAL)


class VoidForm(OrderForm):
    """Why a signed sheet does not count."""

    reason = forms.ChoiceField(
        label=pgettext_lazy("prescription", "Why it is void"),
        choices=[(one.value, one.label) for one in CHOSEN],
        widget=forms.RadioSelect,
    )
    words = forms.CharField(label=pgettext_lazy("prescription", "Remark"), max_length=200, required=False)
