"""What was measured at a visit, in words with arrows, and whether it asks to refer up at once."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final

from django.conf import settings
from django.utils import translation

from emr.chart.choices import VITALS
from referral.choices import AT_ONCE, READINGS
from referral.models import PlanItem

LONGEST: Final = 300


def arrow(name: str, value: Decimal) -> str:
    """↑ ↓ outside of what is usual, doubled where one refers up at once."""
    low, high = AT_ONCE.get(name, ("", ""))
    if low and value <= Decimal(low):
        return "↓↓"
    if high and value >= Decimal(high):
        return "↑↑"
    normal = VITALS[name].normal
    if normal is None or normal[0] <= value <= normal[1]:
        return ""
    return "↓" if value < normal[0] else "↑"


def at_once(readings: Mapping[str, Decimal]) -> bool:
    """Whether one of the readings asks to refer up at once."""
    return any(len(arrow(name, value)) == 2 for name, value in readings.items())


def in_words(readings: Mapping[str, Decimal]) -> str:
    """收缩压 182 mmHg ↑↑，空腹血糖 7.2 mmol/L ↑: in the order of the form, empty without readings."""
    with translation.override(settings.LANGUAGE_CODE):  # it is kept in the record, whoever wrote it
        return "，".join(_one(name, readings[name]) for name in READINGS if name in readings)


def _one(name: str, value: Decimal) -> str:
    vital = VITALS[name]
    return f"{vital.label} {value.normalize():f} {vital.shown} {arrow(name, value)}".strip()


def with_readings(result: str, readings: Mapping[str, Decimal]) -> str:
    """The words of a visit with what was measured behind them: lists, plan and paper show it, nothing typed twice."""
    measured = in_words(readings)
    if not measured:
        return result[:LONGEST]
    return f"{result[: LONGEST - len(measured) - 2]}（{measured}）"


def dangerous(plan: Sequence[PlanItem]) -> PlanItem | None:
    """The visit that was made last, where one of its readings asks to refer up at once."""
    made = [(item.done_at, item.place, item) for item in plan if item.done_at]
    last = max(made, key=lambda one: one[:2])[2] if made else None
    return last if last and last.danger else None
