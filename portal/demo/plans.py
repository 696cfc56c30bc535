"""What goes down with a demo patient: the case's words as plan lines and drugs."""

import re
from datetime import date, timedelta
from typing import Final

from fixtures.demo.cases import Case
from referral.choices import Drug, ItemKind, PlanLine

SUPPLY: Final = "总院带药 30 天，之后由总院药房配送到分院"
KINDS: Final = (
    ("康复", ItemKind.REHAB),
    ("训练", ItemKind.REHAB),
    ("每日", ItemKind.WATCH),
    ("用药", ItemKind.DRUG),
)
"""A word of the line, and what kind of item it makes."""
_DRUG: Final = re.compile(r"^(?P<name>.+?)\s+(?P<dose>[\d./]+\s*\S+)(?:\s+(?P<often>.+))?$")
_AFTER: Final = re.compile(r"^(?P<n>\d+)\s*(?P<unit>周|月)后")


def plan_of(case: Case, today: date) -> list[PlanLine]:
    """The case's plan: what says when is due then, the rest weekly; pressure is taken every two weeks, four times."""
    lines = [_line(text, today, place) for place, text in enumerate(case.plan, 1)]
    return [*lines, PlanLine("测血压、心率，问服药情况", today + timedelta(days=9), ItemKind.VISIT, 14, 4)]


def _line(text: str, today: date, place: int) -> PlanLine:
    found = _AFTER.match(text)
    days = int(found["n"]) * (7 if found["unit"] == "周" else 30) if found else 7 * place
    kind = next((kind for word, kind in KINDS if word in text), ItemKind.VISIT)
    return PlanLine(text, today + timedelta(days=days), kind)


def drugs_of(case: Case) -> list[Drug]:
    """`美托洛尔 25 mg 每日 2 次；…` as a list."""
    found = [_DRUG.match(one.strip()) for one in case.medicines.split("；")]
    return [_drug(one["name"], one["dose"], one["often"] or "") for one in found if one]


def _drug(name: str, dose: str, often: str) -> Drug:
    return Drug(name, dose, often, "" if "天" in often else "30 天")
