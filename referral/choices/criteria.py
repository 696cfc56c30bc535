"""What the criteria suggest, in words; how old a measurement may be."""

from datetime import timedelta
from typing import Final

from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy


class Suggestion(TextChoices):
    """What follows from the table of criteria (转诊指征)."""

    UP = "up", pgettext_lazy("referral criteria", "refer up")  # 建议上转
    STAY = "stay", pgettext_lazy("referral criteria", "stays at the branch")  # 建议留基层诊治
    DOWN = "down", pgettext_lazy("referral criteria", "may be referred down")  # 可以下转
    KEEP = "keep", pgettext_lazy("referral criteria", "not down yet")  # 暂不下转
    UNSURE = (
        "unsure",
        pgettext_lazy("referral criteria", "cannot be said: something is not known"),
    )  # 资料不全
    FREE = "free", pgettext_lazy("referral criteria", "no rule applies: the doctor decides")  # 由医生决定


class FactSource(TextChoices):
    """Where a fact comes from."""

    RECORD = "record", pgettext_lazy("referral criteria", "record")
    TYPED = "typed", pgettext_lazy("referral criteria", "typed")
    TICKED = "ticked", pgettext_lazy("referral criteria", "ticked")


FRESH: Final = timedelta(hours=24)
"""A measurement that is older counts as not measured; it is shown with its day."""
AGAINST: Final = frozenset({Suggestion.STAY, Suggestion.KEEP})
"""Suggestions that speak against sending; who sends all the same says why."""
TONE: Final = {
    Suggestion.UP: "stop",
    Suggestion.STAY: "good",
    Suggestion.DOWN: "good",
    Suggestion.KEEP: "stop",
    Suggestion.UNSURE: "me",
    Suggestion.FREE: "",
}
"""How a suggestion looks (`ui.state`)."""
