"""Input of referral."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from consortium import selectors as consortium
from consortium.choices import OrganisationKind
from kernel import days
from kernel.web.forms import OrderForm, offer
from referral.choices import RejectCode
from referral.forms.desk import PlaceField

_CODE = re.compile(r"^(?P<code>[A-Z]\d{2}(?:\.\w{1,4})?)(?:\s+(?P<rest>.*))?$", re.IGNORECASE)
TREATING_PLACES = (OrganisationKind.HEAD_HOSPITAL, OrganisationKind.BRANCH, OrganisationKind.OUTSIDE)


def _long(label: Any, most: int, *, required: bool = False, rows: int = 2) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=required,
        max_length=most,
        widget=forms.Textarea(attrs={"rows": rows, "maxlength": most}),
    )


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
        offer(
            self, "target", [(str(place.pk), place.name) for place in places if place.kind in TREATING_PLACES]
        )


class WaitlistForm(OrderForm):
    expected_date = days.DayField(
        label=_("A place is expected on"), widget=forms.DateInput(attrs={"type": "date"})
    )
    reason = forms.CharField(label=_("In words"), max_length=200, required=False)


class BedForm(OrderForm):
    bed = PlaceField(max_length=50)


class ReadyForm(OrderForm):
    ready = forms.CharField(label=_("Who waits where"), max_length=200)


class DeathForm(OrderForm):
    words = forms.CharField(label=_("When and where the patient died"), max_length=200)
