"""Days and moments that are typed: of the calendar, and near enough that every page and table can count with them.

A year like 0001 or 9999 passes Python's own check and breaks whoever adds a day to it or tells it in another zone.
"""

from datetime import date, datetime
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

FIRST: Final = date(1800, 1, 1)
LAST: Final = date(2199, 12, 31)
OUTSIDE: Final = _("The year has to lie between 1800 and 2199.")


def countable(told: date | datetime) -> bool:
    """Whether a day or moment lies within the years this house counts with."""
    return FIRST.year <= told.year <= LAST.year


def _demand(told: Any) -> None:
    if told is not None and not countable(told):
        raise ValidationError(OUTSIDE, code="outside")


class DayField(forms.DateField):
    """A day in a form."""

    def to_python(self, value: Any) -> date | None:
        told = super().to_python(value)
        _demand(told)
        return told


class MomentField(forms.DateTimeField):
    """A moment in a form, as the county's clock shows it."""

    def to_python(self, value: Any) -> datetime | None:
        told = super().to_python(value)
        _demand(told)
        return told
