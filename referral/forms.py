"""Input of referral."""

import re
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from consortium import selectors as consortium
from consortium.choices import OrganisationKind
from emr.terminology import selectors as terminology
from emr.terminology.choices import System
from kernel.forms import OrderForm
from referral.choices import ConsentBasis, Priority, RejectCode
from referral.criteria_forms import answers
from referral.desk_forms import PlaceField

_CODE = re.compile(r"^(?P<code>[A-Z]\d{2}(?:\.\w{1,4})?)(?:\s+(?P<rest>.*))?$", re.IGNORECASE)
TREATING_PLACES = (OrganisationKind.HEAD_HOSPITAL, OrganisationKind.BRANCH, OrganisationKind.OUTSIDE)


def _long(label: Any, most: int, *, required: bool = False, rows: int = 2) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=required,
        max_length=most,
        widget=forms.Textarea(attrs={"rows": rows, "maxlength": most}),
    )


class ReferralForm(OrderForm):
    """The transfer form (转出单). `target` is "organisation:department"; attachments "kind/id"."""

    priority = forms.ChoiceField(
        label=_("Urgency"), choices=Priority.choices, initial=Priority.ROUTINE, widget=forms.RadioSelect
    )
    target = forms.ChoiceField(label=_("To"), choices=[])
    advice_only = forms.BooleanField(
        label=pgettext_lazy(
            "referral", "Only advice is asked for: the patient stays unless the specialist calls her"
        ),
        required=False,
    )
    diagnosis = forms.CharField(
        label=_("Diagnosis"),
        max_length=150,
        help_text=_("Chinese, pinyin initials or ICD-10 code; your own words are kept and coded later"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    reason = _long(_("Why the patient is referred"), 100, required=True)
    history = _long(_("Relevant history"), 300)
    treatment = _long(pgettext_lazy("referral", "What was done"), 300)
    consent = forms.ChoiceField(label=_("Consent"), choices=ConsentBasis.choices, widget=forms.RadioSelect)
    opens_protected = forms.BooleanField(
        label=_("The patient agrees that specially protected data (HIV, STI, psychiatry) is shown there too"),
        required=False,
    )
    override = forms.CharField(label=_("If you decide otherwise: why"), max_length=200, required=False)
    attachments = forms.MultipleChoiceField(
        label=_("Goes along"), required=False, choices=[], widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, targets: Any = (), offers: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["target"].choices = targets  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["attachments"].choices = offers  # type: ignore[attr-defined]  # a ChoiceField

    def content(self) -> dict[str, Any]:
        """The form as keyword arguments of `services.draft` and `services.edit`."""
        said = self.order()
        organisation, _colon, department = said.pop("target").partition(":")
        code, words = _coded(said.pop("diagnosis"))
        attachments = [tuple(one.split("/", 1)) for one in said.pop("attachments")]
        return {
            "target_id": UUID(organisation),
            "department_id": UUID(department) if department else None,
            "diagnosis_code": code,
            "diagnosis": words,
            "attachments": attachments,
            "criteria": answers(self.data),
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


class RejectForm(OrderForm):
    code = forms.ChoiceField(label=_("Reason"), choices=[("", "—"), *RejectCode.choices])
    text = forms.CharField(label=_("In words"), max_length=200)
    instead = forms.CharField(label=_("What to do instead"), max_length=200)


class ArriveForm(OrderForm):
    identity_checked = forms.BooleanField(label=_("I have checked who this is"), required=False)
    department = forms.UUIDField(required=False)


class WithdrawForm(OrderForm):
    reason = forms.CharField(label=_("Why it is taken back"), max_length=200)


class AdmitForm(OrderForm):
    """`bed_id` where none was kept: a branch admits somebody who came down."""

    complaint = forms.CharField(label=_("Chief complaint"), max_length=200)
    bed_id = forms.UUIDField(required=False)


class ReasonForm(OrderForm):
    reason = forms.CharField(label=_("In words"), max_length=200)


class SupplyForm(OrderForm):
    answer = _long(_("Answer"), 300, required=True, rows=3)


class AdviseForm(OrderForm):
    advice = _long(_("What the branch should do next"), 500, required=True, rows=3)


class PassOnForm(OrderForm):
    """To another institution, with the reason."""

    target = forms.ChoiceField(label=_("To"), choices=[])
    text = forms.CharField(label=_("In words"), max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = [*consortium.all_organisations(), *consortium.outside_organisations()]
        self.fields["target"].choices = [  # type: ignore[attr-defined]  # a ChoiceField
            (str(place.pk), place.name) for place in places if place.kind in TREATING_PLACES
        ]


class WaitlistForm(OrderForm):
    expected_date = forms.DateField(
        label=_("A place is expected on"), widget=forms.DateInput(attrs={"type": "date"})
    )
    reason = forms.CharField(label=_("In words"), max_length=200, required=False)


class BedForm(OrderForm):
    bed = PlaceField(max_length=50)


class ReadyForm(OrderForm):
    ready = forms.CharField(label=_("Who waits where"), max_length=200)


class DeathForm(OrderForm):
    words = forms.CharField(label=_("When and where the patient died"), max_length=200)
