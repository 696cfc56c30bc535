"""Kinds of prescription, how a medicine is dosed and given, and what the rules of 处方管理办法 bound.

Codes of frequency are those of v3-GTSAbbreviation where it has one; codes of route are CV06.00.102 (WS 364.12).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy

from consortium.choices import Licence
from kernel.errors import Text

PAPER: Final = "emr.prescription"
"""What a sealed prescription is called (`kernel.papers`)."""
OWNER: Final = "prescriptions"
"""Whose the resources are (`repository.publish`)."""


class Kind(TextChoices):
    """What bounds the days of a sheet."""

    ORDINARY = "ordinary", pgettext_lazy("prescription", "ordinary")  # 普通处方
    EMERGENCY = "emergency", pgettext_lazy("prescription", "emergency")  # 急诊处方
    LONG = "long", pgettext_lazy("prescription", "long-term")  # 长期处方: chronic disease


DAYS: Final[Mapping[str, int]] = {Kind.ORDINARY: 7, Kind.EMERGENCY: 3, Kind.LONG: 84}
"""Days of medicine at most: 处方管理办法 art. 19, more for a chronic disease with the reason; a long-term sheet
12 weeks (长期处方管理规范（试行）, 2021)."""
MOST_MEDICINES: Final = 5
"""Medicines on one sheet (处方管理办法 art. 6)."""
MOST_VALID: Final = 3
"""Days a sheet may be dispensed, the day of its signature counted in. 处方管理办法 art. 18: that day alone; under
special circumstances its prescriber notes a longer validity, of three days at most."""
LONGEST_VALID_REASON: Final = 60
VISIT_LASTS: Final = timedelta(days=3)
"""So long after a visit it may be prescribed in it; then the patient is seen again."""
PRESCRIBING: Final = frozenset({Licence.PHYSICIAN, Licence.ASSISTANT, Licence.VILLAGE_DOCTOR})
"""执业医师, 执业助理医师 (处方管理办法 art. 8: valid with a physician's signature; art. 9: alone at township and
village), 乡村医生 (from the list only)."""
LONGEST_REFUSAL: Final = 200
"""Characters of why a sheet is not countersigned."""
REFUSED_CODE: Final = "countersign-refused"


class Status(TextChoices):
    """A sheet is signed when it comes to be; nothing of it changes but that it is made void.

    An assistant's at a hospital waits: it is valid once a physician of the house has signed too, never when she
    refuses.
    """

    WAITING = "waiting", pgettext_lazy("prescription", "awaiting countersignature")
    SIGNED = "signed", pgettext_lazy("prescription", "signed")
    REFUSED = "refused", pgettext_lazy("prescription", "countersignature refused")
    VOID = "void", pgettext_lazy("prescription", "void")


class VoidReason(TextChoices):
    """Why a signed sheet does not count. A mistake was never meant; all else is stopped."""

    MISTAKE = "mistake", pgettext_lazy("prescription void", "written by mistake")
    CHANGED = "changed", pgettext_lazy("prescription void", "treatment changed")
    REFUSED = "refused", pgettext_lazy("prescription void", "the patient does not want it")
    MISSING = "missing", pgettext_lazy("prescription void", "medicine not to be had")
    LAPSED = "lapsed", pgettext_lazy("prescription void", "not countersigned in time, written anew")


CHOSEN: Final = tuple(one for one in VoidReason if one != VoidReason.LAPSED)
"""What a person chooses from: a lapsed sheet is made void by the new one alone."""


@dataclass(frozen=True, slots=True)
class Often:
    """How often: words, and the times in a span as FHIR Timing says them. `when`: an event of the day.

    `code` of GTSAbbreviation, or "" where it has none.
    """

    label: Text
    times: int = 1
    span: int = 1
    unit: str = "d"
    code: str = ""
    when: str = ""


OFTEN: Final[Mapping[str, Often]] = {
    "qd": Often(pgettext_lazy("how often", "once a day (qd)"), code="QD"),
    "bid": Often(pgettext_lazy("how often", "twice a day (bid)"), 2, code="BID"),
    "tid": Often(pgettext_lazy("how often", "three times a day (tid)"), 3, code="TID"),
    "qid": Often(pgettext_lazy("how often", "four times a day (qid)"), 4, code="QID"),
    "qn": Often(pgettext_lazy("how often", "every night (qn)"), when="HS"),
    "q12h": Often(pgettext_lazy("how often", "every 12 hours (q12h)"), 1, 12, "h"),
    "q8h": Often(pgettext_lazy("how often", "every 8 hours (q8h)"), 1, 8, "h"),
    "q6h": Often(pgettext_lazy("how often", "every 6 hours (q6h)"), 1, 6, "h", "Q6H"),
    "qod": Often(pgettext_lazy("how often", "every other day (qod)"), 1, 2, "d", "QOD"),
    "qw": Often(pgettext_lazy("how often", "once a week (qw)"), 1, 1, "wk", "WK"),
    "st": Often(pgettext_lazy("how often", "once, now (st)")),
    "prn": Often(pgettext_lazy("how often", "when needed (prn)")),
}


class Route(TextChoices):
    """用药途径 (CV06.00.102)."""

    ORAL = "1", pgettext_lazy("route", "by mouth")
    RECTAL = "2", pgettext_lazy("route", "rectal")
    SUBLINGUAL = "3", pgettext_lazy("route", "under the tongue")
    SUBCUTANEOUS = "401", pgettext_lazy("route", "subcutaneous")
    INTRAMUSCULAR = "403", pgettext_lazy("route", "intramuscular")
    INTRAVENOUS = "404", pgettext_lazy("route", "intravenous")
    INHALED = "5", pgettext_lazy("route", "inhaled")
    LOCAL = "6", pgettext_lazy("route", "local")
    EYE = "607", pgettext_lazy("route", "eye drops")
    NOSE = "608", pgettext_lazy("route", "nose drops")
    SKIN = "612", pgettext_lazy("route", "on the skin")
    OTHER = "9", pgettext_lazy("route", "other")


UNITS: Final[Mapping[str, str]] = {
    "mg": "mg", "g": "g", "μg": "ug", "ml": "mL", "IU": "[iU]", "万IU": "10*4.[iU]", "片": "", "粒": "", "袋": "",
    "支": "", "丸": "", "滴": "", "喷": "", "吸": "",
}  # fmt: skip
"""Unit of a dose as it is written, and its UCUM code; a counted form has none."""
PACKS: Final = ("盒", "瓶", "支", "袋", "片", "粒", "管")
"""What is handed out."""


class Against(TextChoices):
    """What stands against a medicine."""

    ALLERGY = "allergy", pgettext_lazy("prescription", "Allergic to")
    DOUBLE = "double", pgettext_lazy("prescription", "Prescribed already, still in force")
    SUPPLY = "supply", pgettext_lazy("prescription", "Drug list")
