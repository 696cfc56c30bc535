"""What the reader of the register asks for, in the address; and what for it is taken out."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kernel import clock
from kernel.actor import Actor
from kernel.exports import Purpose
from referral import selectors
from referral.choices import Direction
from referral.selectors.papers.ledger import SIDES, Wanted


class RegisterForm(forms.Form):
    """Institution, month, side and direction. A field that makes no sense does not narrow."""

    place = forms.UUIDField(required=False)
    month = forms.RegexField(r"^20\d\d-(0[1-9]|1[0-2])$", required=False)
    side = forms.ChoiceField(choices=[(side, side) for side in SIDES], required=False)
    direction = forms.ChoiceField(choices=Direction.choices, required=False)
    page = forms.IntegerField(min_value=1, max_value=999, required=False)

    def given(self) -> dict[str, Any]:
        """What makes sense of what was asked."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    def wanted(self, by: Actor) -> Wanted:
        """This month of one's own institution unless something else is asked for."""
        given = self.given()
        month = given.get("month")
        day = date.fromisoformat(f"{month}-01") if month else clock.today()
        return selectors.wanted_of(
            by=by,
            place=given.get("place"),
            day=day,
            side=given.get("side", ""),
            direction=given.get("direction", ""),
        )


class RegisterExportForm(RegisterForm):
    """The same register, taken out."""

    purpose = forms.ChoiceField(label=_("What for"), choices=Purpose.choices, initial=Purpose.SUPERVISION)
    form = forms.ChoiceField(
        label=pgettext_lazy("file", "Form"),
        choices=[("pdf", pgettext_lazy("file", "A4 across (PDF)")), ("xlsx", "Excel (xlsx)")],
    )
