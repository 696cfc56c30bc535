"""Input of the receiving desk, and of those who bring patients to it."""

from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kernel import days
from kernel.web.forms import OrderForm
from referral.choices import COMMON_ITEMS, CallOutcome, Priority, Says, SecondSignature


def _short(label: Any, most: int, *, required: bool = False, hint: Any = "") -> forms.CharField:
    return forms.CharField(label=label, required=required, max_length=most, help_text=hint)


class PlaceField(forms.CharField):
    """A place to keep: the id of a bed, or "pool:" and the id of a ward's counted beds or a clinic's slots.

    Cleans to the keyword of the verb: `{"bed_id": …}`, `{"pool_id": …}`, or nothing.
    """

    def clean(self, value: Any) -> dict[str, UUID]:
        said = str(super().clean(value))
        name = "pool_id" if said.startswith("pool:") else "bed_id"
        try:
            return {name: UUID(said.removeprefix("pool:"))} if said else {}
        except ValueError as error:
            raise forms.ValidationError(_("Choose one bed or one slot.")) from error


class AcceptForm(OrderForm):
    """Department, place and urgency in one order. `bed` is empty for a place that follows."""

    department = forms.UUIDField(required=False)
    bed = PlaceField(required=False, max_length=50)
    priority = forms.ChoiceField(
        label=_("Urgency"), choices=Priority.choices, required=False, widget=forms.RadioSelect
    )
    priority_reason = _short(_("If you change the urgency: why"), 200)
    come_at = days.MomentField(
        label=_("To come at"), required=False, widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )
    words = _short(_("A word to the branch"), 200)


class InfoForm(OrderForm):
    """What is missing: ticked from what is asked for most, and in own words, a line each."""

    common = forms.MultipleChoiceField(
        label=_("What is missing"),
        choices=list(COMMON_ITEMS.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    items = forms.CharField(
        label=_("Else, a line each"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": 500}),
    )

    def order(self) -> dict[str, Any]:
        """One list of items, the ticked ones in the language the county writes in."""
        said = self.cleaned_data
        with translation.override(settings.LANGUAGE_CODE):
            ticked = [str(COMMON_ITEMS[name]) for name in said["common"]]
        return {"items": [*ticked, *(line.strip() for line in said["items"].splitlines() if line.strip())]}


class TransferForm(OrderForm):
    """Setting out, with the hand-over sheet."""

    eta_minutes = forms.IntegerField(label=_("Minutes until arrival"), min_value=1, max_value=720)
    transport = _short(_("Vehicle"), 60, hint=_("120 ambulance with its number, own car, on foot"))
    escort = _short(_("Who goes along"), 100, hint=_("name, telephone"))
    condition = _short(
        _("State at departure"), 300, hint=_("consciousness, blood pressure, pulse, oxygen saturation")
    )
    running = _short(_("What runs"), 300, hint=_("infusions, pumps, oxygen, tubes"))
    watch = _short(_("What to watch on the way"), 300)


class GuideForm(OrderForm):
    """A department's guide."""

    place = _short(_("Building, floor, desk"), 120, required=True)
    telephone = _short(_("Telephone that is answered"), 30, required=True)
    bring = _short(_("What to bring"), 200)


class ScanForm(forms.Form):
    """What a scanner reads off a form, or somebody types: the form's code, its address, or its number."""

    code = forms.CharField(
        label=_("Code or number of the form"),
        help_text=_(
            "A scanner types the code and sends it. On a telephone: scan the code on the form with its camera."
        ),
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autofocus": True, "inputmode": "text"}),
    )


class CallForm(OrderForm):
    """What a call to somebody who did not come came to."""

    outcome = forms.ChoiceField(
        label=pgettext_lazy("referral call", "What came of the call"),
        choices=CallOutcome.choices,
        widget=forms.RadioSelect,
    )
    words = _short(_("In words"), 200)


class AskForm(OrderForm):
    """Whom to ask what he would do. `who`: "department" or "department:staff"."""

    who = forms.CharField(label=pgettext_lazy("specialist's opinion", "Whom"), max_length=80)
    question = _short(pgettext_lazy("specialist's opinion", "What you want to know"), 200)

    def clean_who(self) -> dict[str, UUID | None]:
        department, _colon, person = str(self.cleaned_data["who"]).partition(":")
        try:
            return {"department_id": UUID(department), "specialist_id": UUID(person) if person else None}
        except ValueError as error:
            raise forms.ValidationError(_("Choose whom to ask.")) from error

    def order(self) -> dict[str, Any]:
        """The keywords of `ask_specialist`."""
        return {**self.cleaned_data["who"], "question": self.cleaned_data["question"]}


class OpinionForm(OrderForm):
    """A specialist's word."""

    says = forms.ChoiceField(
        label=pgettext_lazy("specialist's opinion", "I would"), choices=Says.choices, widget=forms.RadioSelect
    )
    words = forms.CharField(
        label=_("In words"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 500}),
    )


class SigningForm(OrderForm):
    """Whose forms of an institution are signed by a second person."""

    wanted = forms.ChoiceField(
        label=pgettext_lazy("second signature", "Whose forms a colleague signs before they go out"),
        choices=SecondSignature.choices,
        widget=forms.RadioSelect,
    )
