"""The way back: what a plan holds, how a visit is made, what follows a stay."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy


class ItemKind(TextChoices):
    """What a line of the plan is about."""

    VISIT = "visit", pgettext_lazy("plan item", "visit")  # 随访
    DRUG = "drug", pgettext_lazy("plan item", "drug")  # 用药
    REHAB = "rehab", pgettext_lazy("plan item", "rehabilitation")  # 康复
    WATCH = "watch", pgettext_lazy("plan item", "to watch")  # 注意观察


KIND_ICONS: Final[Mapping[str, str]] = {
    ItemKind.VISIT: "stethoscope",
    ItemKind.DRUG: "pill",
    ItemKind.REHAB: "heart-handshake",
    ItemKind.WATCH: "eye",
}


class Way(TextChoices):
    """How a follow-up visit is made."""

    PHONE = "phone", pgettext_lazy("follow-up", "by telephone")  # 电话
    HOME = "home", pgettext_lazy("follow-up", "at home")  # 上门
    CLINIC = "clinic", pgettext_lazy("follow-up", "at the clinic")  # 门诊


class FollowUp(TextChoices):
    """What follows a finished stay: a plan, or nothing, with the reason."""

    PLAN = "plan", pgettext_lazy("follow-up", "refer down with a plan")  # 下转，附康复方案
    NONE = "none", pgettext_lazy("follow-up", "no follow-up plan")  # 不下转


class NoPlan(TextChoices):
    """Why no plan goes down."""

    CURED = "cured", pgettext_lazy("no follow-up", "recovered, nothing to follow")
    GOES_ON = "goes_on", pgettext_lazy("no follow-up", "treatment goes on at this hospital")
    DECLINED = "declined", pgettext_lazy("no follow-up", "the patient does not want it")
    BRANCH_CANNOT = "branch_cannot", pgettext_lazy("no follow-up", "the branch cannot do it")
    OTHER = "other", pgettext_lazy("no follow-up", "other")


NOT_ELIGIBLE: Final = (NoPlan.CURED, NoPlan.GOES_ON)
"""Reasons that say: nobody would have referred down. All other finished up legs count as eligible (下转率's base)."""
NO_MEDICINES: Final = "无需继续用药"
MOST_ITEMS: Final = 60
LONGEST_STEP: Final = 180
TALKS_ON: Final = timedelta(days=30)
"""Both sides talk about a leg for so long after its end: as long as the receiving side reads on."""


@dataclass(frozen=True, slots=True)
class PlanLine:
    """A line of a plan as it is ordered: the first day, and `times` times each `every_days` days."""

    text: str
    due_date: date
    kind: str = ItemKind.VISIT
    every_days: int = 0
    times: int = 1

    @property
    def days(self) -> list[date]:
        """Each day it is due."""
        return [self.due_date + timedelta(days=self.every_days * turn) for turn in range(self.times)]


@dataclass(frozen=True, slots=True)
class Drug:
    """A line of the medication list: what, how much, how often, how long."""

    name: str
    dose: str = ""
    often: str = ""
    long: str = ""

    def __str__(self) -> str:
        return " ".join(part for part in (self.name, self.dose, self.often, self.long) if part)


READINGS: Final = (
    "systolic", "diastolic", "pulse", "saturation", "respiration", "temperature", "weight", "glucose_fasting",
    "glucose_after_meal",
)  # fmt: skip
"""What may be measured at a follow-up visit, by the names of vital signs."""
BY_DISEASE: Final[Mapping[str, tuple[str, ...]]] = {
    "I1": ("systolic", "diastolic", "pulse", "weight"),
    "E1": ("glucose_fasting", "glucose_after_meal", "systolic", "diastolic", "weight"),
    "J4": ("saturation", "respiration", "pulse", "temperature"),
    "I2": ("systolic", "diastolic", "pulse", "weight"),
    "I6": ("systolic", "diastolic", "pulse", "glucose_fasting"),
}
"""What the follow-up of the county's chronic diseases measures first, by the beginning of the ICD-10 code: high blood
pressure, diabetes, chronic lung disease, coronary disease, stroke; a doctor may measure anything else. From which value
on a reading asks to refer up again is data: the rules for visits in the table of criteria (`engine.criteria.VISIT`)."""
USUAL: Final = ("systolic", "diastolic", "pulse", "saturation", "temperature", "weight")


def readings_for(code: str, words: str) -> tuple[str, ...]:
    """What is measured first for a diagnosis and a line of the plan; blood sugar wherever the words ask for it."""
    wanted = next((names for start, names in BY_DISEASE.items() if code.startswith(start)), USUAL)
    sugar = ("glucose_fasting", "glucose_after_meal") if "血糖" in words else ()
    return tuple(dict.fromkeys((*sugar, *wanted)))
