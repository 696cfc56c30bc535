"""Input of the insurance desk."""

from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from insurance_bridge.choices import PaymentMethod
from kernel.web.forms import OrderForm


class YuanField(forms.DecimalField):
    """An amount in yuan; cleans to integer cents."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=10, decimal_places=2, **kwargs)

    def clean(self, value: Any) -> int | None:
        amount: Decimal | None = super().clean(value)
        return None if amount is None else int(amount * 100)


class FeeForm(OrderForm):
    """Charge an item."""

    item_code = forms.CharField(
        label=_("fee item"), max_length=20, widget=forms.TextInput(attrs={"list": "fee-items"})
    )
    quantity = forms.DecimalField(
        label=_("quantity"), min_value=Decimal("0.01"), max_value=9999, decimal_places=2, initial=1
    )


class SettleForm(OrderForm):
    """Settle a visit."""

    use_account = forms.BooleanField(label=_("use the personal account"), required=False)


class PayForm(OrderForm):
    """Take the patient's share."""

    method = forms.ChoiceField(label=_("paid by"), choices=PaymentMethod.choices, widget=forms.RadioSelect)


MONEY: Final = [(each.value, each.label) for each in (PaymentMethod.CASH, PaymentMethod.MOBILE)]
"""How a deposit comes and goes."""


class DepositForm(OrderForm):
    """Take a deposit."""

    amount = YuanField(label=_("deposit (yuan)"), min_value=Decimal("0.01"))
    method = forms.ChoiceField(label=_("paid by"), choices=MONEY, widget=forms.RadioSelect)


class ReturnForm(OrderForm):
    """Give back what is left of the deposits."""

    method = forms.ChoiceField(label=_("given back by"), choices=MONEY, widget=forms.RadioSelect)


class CancelForm(OrderForm):
    """Cancel a settlement."""

    reason = forms.CharField(label=_("reason for the cancellation"), max_length=200)


class ShiftForm(OrderForm):
    """Close the shift with what was counted."""

    counted_cash = YuanField(label=_("cash counted (yuan)"), min_value=0)
    counted_mobile = YuanField(label=_("mobile payments by the statement (yuan)"), min_value=0)
    note = forms.CharField(label=_("note on a difference"), max_length=200, required=False)


class CaseForm(OrderForm):
    """End a case."""

    note = forms.CharField(
        label=_("what was found and done"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 500}),
    )
    accepted = forms.ChoiceField(
        label=_("outcome"),
        choices=[("", _("put right")), ("1", _("accepted as it is"))],
        required=False,
        widget=forms.RadioSelect,
    )


class TargetForm(forms.Form):
    """Where a transfer form goes: an institution, or an institution and its department with a colon between."""

    target = forms.CharField(max_length=80, required=False)

    def place(self) -> UUID | None:
        """The institution; None when none is chosen."""
        said = str(self.cleaned_data["target"]) if self.is_valid() else ""
        try:
            return UUID(said.partition(":")[0])
        except ValueError:
            return None
