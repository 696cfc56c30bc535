"""What the system manager chooses among failed deliveries."""

from django import forms

from kernel.web.forms import OrderForm


class RetryForm(OrderForm):
    """One delivery, or none for all of them."""

    delivery = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
