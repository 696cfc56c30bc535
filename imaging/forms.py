"""What a technologist sends: which request, why; how an object put aside was dealt with."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from kernel.web.forms import OrderForm


class AssignForm(OrderForm):
    """The request a study belongs to, and how the technologist knows."""

    request_id = forms.UUIDField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("How do you know"),
        max_length=200,
        widget=forms.TextInput(attrs={"required": True}),
        help_text=_("For example: wristband and request compared; name typed wrongly at the device."),
    )


class TakeBackForm(OrderForm):
    """Why a study is not this patient's."""

    reason = forms.CharField(
        label=_("How do you know that it is another person's?"),
        max_length=300,
        widget=forms.TextInput(attrs={"required": True}),
    )


class CloseForm(OrderForm):
    """What was done about an object put aside."""

    reason = forms.CharField(
        label=_("What was done"), max_length=300, widget=forms.TextInput(attrs={"required": True})
    )


def chosen(value: str | None) -> UUID | None:
    """A UUID of the query string; None for anything else."""
    field = forms.UUIDField(required=False)
    try:
        found: Any = field.clean(value or "")
    except forms.ValidationError:
        return None
    return found if isinstance(found, UUID) else None
