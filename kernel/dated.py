"""Days and moments in the orders of programs (`kernel.days`)."""

from datetime import date, datetime
from typing import Any

from rest_framework import serializers

from kernel import days


class Day(serializers.DateField):
    """A day in an order."""

    default_error_messages = {"outside": days.OUTSIDE}

    def to_internal_value(self, value: Any) -> date:
        told: date = super().to_internal_value(value)
        if not days.countable(told):
            self.fail("outside")
        return told


class Moment(serializers.DateTimeField):
    """A moment in an order, in the county's time where it names no zone."""

    default_error_messages = {"outside": days.OUTSIDE}

    def enforce_timezone(self, value: datetime) -> datetime:
        if not days.countable(value):
            self.fail("outside")
        return super().enforce_timezone(value)
