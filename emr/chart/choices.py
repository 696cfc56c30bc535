"""Kinds of encounter, certainty of a diagnosis, vital signs with their codes, units and bounds."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from kernel.errors import Text


class EncounterKind(TextChoices):
    """v3-ActCode, as FHIR Encounter.class wants it."""

    AMBULATORY = "AMB", _("outpatient visit")  # 门诊
    EMERGENCY = "EMER", _("emergency visit")  # 急诊
    INPATIENT = "IMP", _("inpatient stay")  # 住院
    HOME = "HH", _("home visit")  # 出诊
    VIRTUAL = "VR", _("by telephone or video")  # 电话/视频


class Certainty(TextChoices):
    """FHIR condition-ver-status."""

    CONFIRMED = "confirmed", _("confirmed")  # 确诊
    PROVISIONAL = "provisional", _("provisional")  # 初步诊断
    UNCONFIRMED = "unconfirmed", _("to be clarified")  # 待查


class AllergyAnswer(TextChoices):
    KEEP = "keep", _("as recorded")
    NOT_ASKED = "not_asked", _("not asked")
    NONE = "none", _("none known")
    LIST = "list", _("allergic to")


@dataclass(frozen=True, slots=True)
class Vital:
    """A vital sign: LOINC code, words, UCUM unit, unit as printed, and what a human being can have."""

    code: str
    label: Text
    unit: str
    shown: str
    low: Decimal
    high: Decimal
    normal: tuple[Decimal, Decimal] | None = None


def _vital(
    code: str,
    label: Text,
    unit: str,
    shown: str,
    bounds: tuple[str, str],
    normal: tuple[str, str] | None = None,
) -> Vital:
    usual = (Decimal(normal[0]), Decimal(normal[1])) if normal else None
    return Vital(code, label, unit, shown, Decimal(bounds[0]), Decimal(bounds[1]), usual)


VITALS: Final[dict[str, Vital]] = {
    "systolic": _vital("8480-6", _("systolic pressure"), "mm[Hg]", "mmHg", ("30", "320"), ("90", "139")),
    "diastolic": _vital("8462-4", _("diastolic pressure"), "mm[Hg]", "mmHg", ("10", "220"), ("60", "89")),
    "pulse": _vital("8867-4", _("heart rate"), "/min", "/min", ("10", "320"), ("60", "100")),
    "respiration": _vital("9279-1", _("respiration"), "/min", "/min", ("3", "90"), ("12", "20")),
    "temperature": _vital("8310-5", _("temperature"), "Cel", "℃", ("25", "45"), ("36.0", "37.2")),
    "saturation": _vital("59408-5", _("oxygen saturation"), "%", "%", ("20", "100"), ("95", "100")),
    "weight": _vital("29463-7", _("weight"), "kg", "kg", ("0.3", "350")),
    "height": _vital("8302-2", _("height"), "cm", "cm", ("20", "250")),
    "glucose_fasting": _vital(
        "14770-2", _("fasting glucose"), "mmol/L", "mmol/L", ("0.6", "60"), ("3.9", "6.1")
    ),
    "glucose_after_meal": _vital(
        "14760-3", _("glucose 2 h after a meal"), "mmol/L", "mmol/L", ("0.6", "60"), ("3.9", "7.8")
    ),
}
FROM_BLOOD: Final = ("glucose_fasting", "glucose_after_meal")
"""Measured from a drop of blood: category `laboratory`, not `vital-signs`."""
PRESSURE_PANEL: Final = "85354-9"

ENCOUNTER_OPENS: Final = timedelta(days=30)
"""How long an encounter opens the person's records of other hospitals: until its results have come and were read."""
