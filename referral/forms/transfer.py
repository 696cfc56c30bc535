"""Input of the transfer form (转出单)."""

import re
from typing import Any, Final
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from emr.terminology import selectors as terminology
from emr.terminology.choices import System
from kernel.web.forms import OrderForm, offer
from referral.choices import ConsentBasis, ConsentWay, Kinship, Priority
from referral.forms.criteria import answers

_CODE = re.compile(r"^(?P<code>[A-Z]\d{2}(?:\.\w{1,4})?)(?:\s+(?P<rest>.*))?$", re.IGNORECASE)
INK: Final = 90_000
"""Characters of a drawn name as a data address."""


def _long(label: Any, most: int, *, required: bool = False, rows: int = 2) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=required,
        max_length=most,
        widget=forms.Textarea(attrs={"rows": rows, "maxlength": most}),
    )


def _number(label: Any) -> forms.CharField:
    """A telephone number: the number pad on a phone."""
    return forms.CharField(
        label=label,
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )


REACH: Final = ("phone", "address", "contact", "kinship", "contact_phone", "doctor_phone")
"""Fields that say how people are reached."""


class AutosaveForm(OrderForm):
    """Which window saves what is typed, and what it has read. `take`: it takes over from another window."""

    referral_id = forms.UUIDField(required=False)
    window = forms.CharField(max_length=40)
    seen = forms.IntegerField(min_value=0, required=False)
    take = forms.BooleanField(required=False)

    def clean_seen(self) -> int:
        return int(self.cleaned_data["seen"] or 0)


class ReferralForm(OrderForm):
    """The transfer form (转出单). `target` is "organisation:department"; attachments "kind/id", several with spaces.

    `whole`: the form is to go out, so that nothing may be missing; a draft only needs to know where to.
    """

    priority = forms.ChoiceField(
        label=_("Urgency"),
        initial=Priority.ROUTINE,
        widget=forms.RadioSelect,
        help_text=_("the time the other side has for its answer, from the moment you submit"),
    )
    target = forms.ChoiceField(label=_("To"), choices=[], widget=forms.RadioSelect)
    diagnosis = forms.CharField(
        label=pgettext_lazy("referral", "Provisional diagnosis"),
        max_length=200,
        help_text=_("Chinese, pinyin initials or ICD-10 code; your own words are kept and coded later"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    reason = _long(_("Why the patient is referred"), 100, required=True)
    illness = _long(pgettext_lazy("referral", "Present illness"), 500, rows=3)
    history = _long(_("Relevant history"), 300)
    treatment = _long(pgettext_lazy("referral", "What was done"), 300)
    regimen = _long(pgettext_lazy("referral", "Plan of treatment"), 300)
    precautions = _long(pgettext_lazy("referral", "Cautions for transfer and care"), 200)
    consent = forms.ChoiceField(
        label=pgettext_lazy("referral", "Who has agreed"),
        choices=ConsentBasis.choices,
        widget=forms.RadioSelect,
    )
    consent_way = forms.ChoiceField(
        label=pgettext_lazy("referral", "Signed how"),
        choices=ConsentWay.choices,
        widget=forms.RadioSelect,
        required=False,
    )
    signer = forms.CharField(
        label=pgettext_lazy("referral", "The relative's name"), max_length=40, required=False
    )
    relation = forms.ChoiceField(
        label=pgettext_lazy("referral", "is the patient's"),
        choices=[("", "—"), *Kinship.choices],
        required=False,
    )
    ink = forms.CharField(max_length=INK, required=False, widget=forms.HiddenInput(attrs={"data-keep": ""}))
    opens_protected = forms.BooleanField(
        label=_("The patient agrees that specially protected data (HIV, STI, psychiatry) is shown there too"),
        required=False,
    )
    attachments = forms.MultipleChoiceField(
        label=_("Goes along"), required=False, choices=[], widget=forms.CheckboxSelectMultiple
    )
    advice_only = forms.BooleanField(
        label=pgettext_lazy(
            "referral", "Only advice is asked for: the patient stays unless the specialist calls her"
        ),
        required=False,
    )
    override = forms.CharField(label=_("If you decide otherwise: why"), max_length=200, required=False)
    phone = _number(pgettext_lazy("referral reach", "The patient's telephone, if another than on record"))
    address = forms.CharField(
        label=pgettext_lazy("referral reach", "Where the patient lives now, if elsewhere"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    contact = forms.CharField(
        label=pgettext_lazy("referral reach", "Somebody of the family"), max_length=40, required=False
    )
    kinship = forms.ChoiceField(
        label=pgettext_lazy("referral", "is the patient's"),
        choices=[("", "—"), *Kinship.choices],
        required=False,
    )
    contact_phone = _number(pgettext_lazy("referral reach", "Telephone of the family"))
    doctor_phone = _number(pgettext_lazy("referral reach", "Your telephone, for questions"))
    encounter = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        urgencies: Any = (),
        targets: Any = (),
        offers: Any = (),
        whole: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.whole = whole
        given = {"priority": urgencies, "target": targets, "attachments": offers}
        for name, choices in given.items():
            offer(self, name, choices)
        for name in () if whole else ("priority", "diagnosis", "reason", "consent"):
            self.fields[name].required = False

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        agreed = said.get("consent") in (ConsentBasis.PATIENT, ConsentBasis.RELATIVE)
        if self.whole and agreed and not said.get("consent_way"):
            self.add_error("consent_way", _("Say whether the name stands on the screen or on paper."))
        return said

    def content(self) -> dict[str, Any]:
        """The form as keyword arguments of `services.refer` and `services.refer_draft`, without the encounter."""
        said = self.order()
        organisation, _colon, department = said.pop("target").partition(":")
        code, words = _coded(said.pop("diagnosis"))
        references = " ".join(said.pop("attachments")).split()
        del said["encounter"]
        reach = {name: said.pop(name) for name in REACH}
        return {
            "target_id": UUID(organisation),
            "department_id": UUID(department) if department else None,
            "diagnosis_code": code,
            "diagnosis": words,
            "attachments": [tuple(one.split("/", 1)) for one in references],
            "criteria": answers(self.data),
            "reach": reach,
            **said,
        }


def code_of(text: str) -> str:
    """The ICD-10 code a diagnosis begins with, "" where it has none."""
    return _coded(text)[0]


def _coded(text: str) -> tuple[str, str]:
    """`I10 原发性高血压` becomes code and words; what is not in the catalogue stays as written."""
    match = _CODE.match(text.strip())
    if match and (words := terminology.display(System.ICD10, match["code"].upper())):
        return match["code"].upper(), words
    return "", text.strip()
