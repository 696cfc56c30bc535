"""What is known of a drug at an institution."""

from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy


class Supply(TextChoices):
    """Whether a patient gets the drug there. Unknown is an answer of its own: it never counts as stocked."""

    STOCKED = "stocked", pgettext_lazy("drug supply", "stocked")  # 有药
    OUT = "out", pgettext_lazy("drug supply", "out of stock")  # 暂缺
    ABSENT = "absent", pgettext_lazy("drug supply", "not stocked")  # 不配备
    UNKNOWN = "unknown", pgettext_lazy("drug supply", "unknown")  # 未知


MISSING = frozenset({Supply.OUT, Supply.ABSENT})
"""Answers on which the sender says how the patient gets the drug all the same."""
