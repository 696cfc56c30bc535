"""What was measured at a visit, in words with arrows, and whether it asks to refer up at once.

From which value on it asks so is data: the rules for visits in the table of criteria, which two persons change. SpO2
< 90 % and respiration > 30 are those of the county's example plan for the way up; pressure, sugar and temperature are
the house's proposal, no paper of the county says them.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final

from django.conf import settings
from django.utils import translation

from emr.chart.choices import VITALS
from referral.choices import READINGS
from referral.engine import criteria
from referral.models import PlanItem
from referral.selectors.criteria.table import in_force

LONGEST: Final = 300
UP: Final = ("↑↑", "↓↓")
"""Arrows of a reading that asks to refer up at once."""


def arrows(readings: Mapping[str, Decimal]) -> dict[str, str]:
    """By name: ↑ ↓ outside of what is usual, doubled where a rule in force refers up at once; one statement."""
    if not readings:
        return {}
    facts = [criteria.Fact(name, float(value)) for name, value in readings.items()]
    fired = criteria.evaluate(in_force(), facts, direction=criteria.VISIT).fired
    danger = {fact.name for one in fired for fact in one.because}
    return {name: _arrow(name, value, danger=name in danger) for name, value in readings.items()}


def _arrow(name: str, value: Decimal, *, danger: bool) -> str:
    normal = VITALS[name].normal
    if normal is None:
        return UP[0] if danger else ""
    low, high = normal
    if danger:
        return UP[0] if high - value < value - low else UP[1]
    return "↓" if value < low else "↑" if value > high else ""


def at_once(told: Mapping[str, str]) -> bool:
    """Whether one of the readings, told by its arrow, asks to refer up at once."""
    return not set(UP).isdisjoint(told.values())


def in_words(readings: Mapping[str, Decimal], told: Mapping[str, str]) -> str:
    """收缩压 182 mmHg ↑↑，空腹血糖 7.2 mmol/L ↑: in the order of the form, empty without readings."""
    with translation.override(settings.LANGUAGE_CODE):  # it is kept in the record, whoever wrote it
        return "，".join(_one(name, readings[name], told[name]) for name in READINGS if name in readings)


def _one(name: str, value: Decimal, arrow: str) -> str:
    vital = VITALS[name]
    return f"{vital.label} {value.normalize():f} {vital.shown} {arrow}".strip()


def with_readings(result: str, readings: Mapping[str, Decimal], told: Mapping[str, str]) -> str:
    """The words of a visit with what was measured behind them: lists, plan and paper show it, nothing typed twice."""
    measured = in_words(readings, told)
    if not measured:
        return result[:LONGEST]
    return f"{result[: LONGEST - len(measured) - 2]}（{measured}）"


def dangerous(plan: Sequence[PlanItem]) -> PlanItem | None:
    """The visit that was made last, where one of its readings asks to refer up at once."""
    made = [(item.done_at, item.place, item) for item in plan if item.done_at]
    last = max(made, key=lambda one: one[:2])[2] if made else None
    return last if last and last.danger else None
