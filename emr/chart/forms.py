"""Input of the chart: the encounter note, break-glass, its review, a code."""

import re
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from emr.access.choices import BreakGlassReason, Verdict
from emr.chart.choices import VITALS, AllergyAnswer, Certainty, EncounterKind
from emr.terminology import selectors as terminology
from emr.terminology.choices import System
from kernel.web.forms import OrderForm

DIAGNOSES = ("diagnosis", "diagnosis_2", "diagnosis_3")
_CODE = re.compile(r"^(?P<code>[A-Z]\d{2}(?:\.\w{1,4})?)(?:\s+(?P<rest>.*))?$", re.IGNORECASE)


def _number(name: str) -> forms.DecimalField:
    vital = VITALS[name]
    return forms.DecimalField(
        label=cast(str, vital.label),
        required=False,
        max_digits=6,
        decimal_places=1,
        help_text=vital.shown,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )


def _long(label: Any, rows: int, **kwargs: Any) -> forms.CharField:
    return forms.CharField(
        label=label, widget=forms.Textarea(attrs={"rows": rows}), max_length=2000, **kwargs
    )


def _diagnosis(label: Any, required: bool) -> forms.CharField:
    hint = (
        _("Chinese, pinyin initials or ICD-10 code; your own words are kept and coded later")
        if required
        else ""
    )
    return forms.CharField(
        label=label,
        required=required,
        max_length=120,
        help_text=hint,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


def _certainty(label: Any) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, choices=Certainty.choices, initial=Certainty.PROVISIONAL, required=False
    )


class EncounterForm(OrderForm):
    """One visit, as it is written: complaint, vital signs, allergies, diagnoses, what is done."""

    kind = forms.ChoiceField(
        label=_("Kind of visit"),
        choices=EncounterKind.choices,
        initial=EncounterKind.AMBULATORY,
        widget=forms.RadioSelect,
    )
    complaint = forms.CharField(label=_("Chief complaint"), max_length=200, widget=forms.TextInput())
    history = _long(_("History"), 3, required=False)
    systolic = _number("systolic")
    diastolic = _number("diastolic")
    pulse = _number("pulse")
    respiration = _number("respiration")
    temperature = _number("temperature")
    saturation = _number("saturation")
    weight = _number("weight")
    height = _number("height")
    glucose_fasting = _number("glucose_fasting")
    glucose_after_meal = _number("glucose_after_meal")
    allergy_answer = forms.ChoiceField(
        label=_("Allergies"),
        choices=AllergyAnswer.choices,
        initial=AllergyAnswer.KEEP,
        widget=forms.RadioSelect,
    )
    allergies = forms.CharField(
        label=_("Substances"), required=False, max_length=200, help_text=_("separate several with commas")
    )
    diagnosis = _diagnosis(_("First diagnosis"), True)
    certainty = _certainty(_("Certainty"))
    diagnosis_2 = _diagnosis(_("Second diagnosis"), False)
    certainty_2 = _certainty(_("Certainty"))
    diagnosis_3 = _diagnosis(_("Third diagnosis"), False)
    certainty_3 = _certainty(_("Certainty"))
    plan = _long(_("What is done"), 3, required=False)
    medicines = forms.CharField(
        label=_("Medicines"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("one per line: name, space, directions"),
    )

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if said.get("allergy_answer") == AllergyAnswer.LIST and not said.get("allergies", "").strip():
            self.add_error("allergies", _("Name what the patient does not tolerate."))
        return said

    def note(self) -> dict[str, Any]:
        """The note as keyword arguments of `record_encounter`."""
        said = self.order()
        return {
            "kind": said["kind"],
            "complaint": said["complaint"],
            "history": said["history"],
            "plan": said["plan"],
            "vitals": {name: Decimal(said[name]) for name in VITALS if said[name] is not None},
            "allergies": self._allergies(said),
            "diagnoses": [
                self._coded(said[name], said[name.replace("diagnosis", "certainty")])
                for name in DIAGNOSES
                if said[name].strip()
            ],
            "medicines": [self._medicine(line) for line in said["medicines"].splitlines() if line.strip()],
        }

    @staticmethod
    def _allergies(said: dict[str, Any]) -> list[str] | None:
        if said["allergy_answer"] == AllergyAnswer.LIST:
            return [part.strip() for part in re.split(r"[,，、;；]", said["allergies"]) if part.strip()]
        return [] if said["allergy_answer"] == AllergyAnswer.NONE else None

    @staticmethod
    def _medicine(line: str) -> tuple[str, str]:
        name, _space, directions = line.strip().partition(" ")
        return name, directions.strip()

    @staticmethod
    def _coded(text: str, certainty: str) -> tuple[str | None, str, str]:
        """`I10 原发性高血压`, `i10` or an exact name of the catalogue become the code; all else stays as written."""
        text = text.strip()
        certain = certainty or Certainty.PROVISIONAL
        found = _CODE.match(text)
        code = found["code"].upper() if found else ""
        if code and (display := terminology.display(System.ICD10, code)):
            return code, display, certain
        exact = [one for one in terminology.search(System.ICD10, text, limit=3) if one.display == text]
        return (exact[0].code, text, certain) if exact else (None, text, certain)


class OpenForm(OrderForm):
    """The patient is here: the number from her card opens the way."""

    id_number = forms.CharField(
        label=_("Number on the card"),
        max_length=24,
        widget=forms.TextInput(attrs={"class": "ly-mono", "autocomplete": "off"}),
    )


class BreakGlassForm(OrderForm):
    """Why this record is opened without another basis."""

    reason = forms.ChoiceField(label=_("Reason"), choices=BreakGlassReason.choices, widget=forms.RadioSelect)
    explanation = forms.CharField(
        label=_("What happened"),
        min_length=10,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("at least ten characters; the reviewer reads this"),
    )
    sensitive = forms.BooleanField(
        label=_("Specially protected data as well (only for posts cleared for it)"), required=False
    )
    sensitive_reason = forms.CharField(
        label=_("Why that too"),
        required=False,
        min_length=10,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    known = forms.BooleanField(label=_("I know that medical affairs reviews this within 72 hours"))

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if (
            said.get("sensitive")
            and not said.get("sensitive_reason")
            and "sensitive_reason" not in self.errors
        ):
            self.add_error("sensitive_reason", _("Say in at least ten characters why this cannot wait."))
        return said

    def said(self) -> dict[str, Any]:
        """The order of the verb: without the second tick no word of a second reason counts."""
        order = self.order()
        return {
            "reason": BreakGlassReason(order["reason"]),
            "explanation": order["explanation"],
            "sensitive_reason": order["sensitive_reason"] if order["sensitive"] else "",
        }


class JudgeForm(OrderForm):
    """The verdict of 医务科."""

    verdict = forms.ChoiceField(
        label=_("Verdict"),
        choices=[choice for choice in Verdict.choices if choice[0] != Verdict.PENDING],
        widget=forms.RadioSelect,
    )
    text = forms.CharField(
        label=_("Reason for the verdict"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class CodeForm(OrderForm):
    """The ICD-10 code of a diagnosis in own words."""

    code = forms.CharField(label=_("ICD-10 code"), max_length=120)

    def clean_code(self) -> str:
        found = _CODE.match(self.cleaned_data["code"].strip())
        return found["code"].upper() if found else str(self.cleaned_data["code"]).strip()
