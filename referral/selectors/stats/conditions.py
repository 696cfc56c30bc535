"""The conditions that `choices.INDICATORS` names, in SQL over the tallies."""

from typing import Any, Final

from django.db.models import Q

from referral.choices import HOLDS, Status
from referral.selectors.down.bounce import came_back

COUNTED: Final = Q(sent_at__isnull=False) & ~Q(status=Status.ENTERED_IN_ERROR)
"""What is counted at all: submitted once, and not for the wrong person."""
BESIDE_OTHERS: Final = "returned"
"""The one condition that looks at other legs as well; all others stand in `Tally.meets`."""


def condition(name: str, **inside: Any) -> Q:
    """One condition by its name. `inside`: when the counted legs were, for the one that looks at other legs as well."""
    return came_back(**inside) if name == BESIDE_OTHERS else HOLDS[name]
