"""What the criteria suggest, in words; how old a measurement may be."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy

from kernel.errors import Text


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
WRONG: Final[Mapping[str, Text]] = {
    "version": pgettext_lazy("referral criteria", "The version has no name."),
    "kind": pgettext_lazy("referral criteria", "%(fact)s is of no known kind."),
    "twice": pgettext_lazy(
        "referral criteria", "There are two rules %(rule)s: give the new one another number."
    ),
    "code": pgettext_lazy("referral criteria", "Give the new rule a number, such as U09."),
    "direction": pgettext_lazy("referral criteria", "Rule %(rule)s: say whether it is of going up or down."),
    "suggest": pgettext_lazy(
        "referral criteria", "Rule %(rule)s suggests what does not belong to its direction."
    ),
    "urgency": pgettext_lazy("referral criteria", "Rule %(rule)s: there is no such urgency."),
    "title": pgettext_lazy("referral criteria", "Rule %(rule)s: say in words what it is about."),
    "empty": pgettext_lazy("referral criteria", "Rule %(rule)s has no condition."),
    "fact": pgettext_lazy(
        "referral criteria", "Rule %(rule)s: nothing called %(fact)s is asked or measured."
    ),
    "asked": pgettext_lazy("referral criteria", "Rule %(rule)s: %(fact)s cannot be compared by “%(value)s”."),
    "sign": pgettext_lazy("referral criteria", "Rule %(rule)s: %(fact)s is no sign to be ticked."),
    "unit": pgettext_lazy(
        "referral criteria", "Rule %(rule)s: %(fact)s is told in %(unit)s, not in %(value)s."
    ),
    "bounds": pgettext_lazy(
        "referral criteria",
        "Rule %(rule)s: %(fact)s lies between %(low)s and %(high)s %(unit)s, %(value)s is out of bounds.",
    ),
    "codes": pgettext_lazy("referral criteria", "Rule %(rule)s: name the codes %(fact)s begins with."),
    "never": pgettext_lazy(
        "referral criteria",
        "Rule %(rule)s contradicts itself: no %(fact)s meets %(value)s (%(low)s to %(high)s %(unit)s).",
    ),
    "always": pgettext_lazy(
        "referral criteria", "Rule %(rule)s says nothing: every %(fact)s meets %(value)s."
    ),
}
"""What is wrong with a table, by `engine.soundness.Problem.what`."""
