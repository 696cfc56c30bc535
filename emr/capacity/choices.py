"""What a place is used for, and how places without a name are counted."""

from datetime import time, timedelta
from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Use(TextChoices):
    HELD = "held", _("held")  # 留床
    OCCUPIED = "occupied", _("occupied")  # 在用
    CLEANING = "cleaning", _("being cleaned")  # 终末消毒
    BLOCKED = "blocked", _("blocked")  # 停用


class PoolKind(TextChoices):
    """What is counted where no place has a name."""

    MALE = "male", pgettext_lazy("places", "beds for men")  # 男床
    FEMALE = "female", pgettext_lazy("places", "beds for women")  # 女床
    EXTRA = "extra", pgettext_lazy("places", "extra beds")  # 加床
    CLINIC = "clinic", pgettext_lazy("places", "clinic slots")  # 号源


class Part(TextChoices):
    """The half of a day a clinic runs."""

    MORNING = "morning", pgettext_lazy("part of a day", "morning")
    AFTERNOON = "afternoon", pgettext_lazy("part of a day", "afternoon")


class Origin(TextChoices):
    """Who told a number."""

    TYPED = "typed", pgettext_lazy("places", "typed by the ward")
    FED = "fed", pgettext_lazy("places", "from the hospital's system")
    QUOTA = "quota", pgettext_lazy("places", "by the weekly quota")


COUNTED_BEDS: Final = (PoolKind.MALE, PoolKind.FEMALE, PoolKind.EXTRA)
ENDS: Final = {Part.MORNING: time(12), Part.AFTERNOON: time(18)}
"""When a half day ends on the county's clock; a slot is kept until then."""
FRESH: Final = timedelta(minutes=15)
"""A told number older than this is no longer shown as free."""
STALE: Final = timedelta(hours=12)
"""A told number older than this says so."""
MOST: Final = 200
"""More places of one kind in one ward are a slip of the finger."""
DAYS_MOST: Final = 60
"""Slots are opened at most so many days ahead."""
