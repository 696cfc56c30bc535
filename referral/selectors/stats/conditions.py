"""The conditions that `choices.INDICATORS` names, in SQL over the tallies."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.db.models import F, Q

from referral.choices import FEEDBACK_WITHIN, Direction, Status
from referral.selectors import downrate
from referral.selectors.bounce import came_back

UP, DOWN = Q(direction=Direction.UP), Q(direction=Direction.DOWN)
LEAVING = Q(direction__in=(Direction.UP, Direction.LATERAL), inbound=False)
"""Up and between peers, of the county's own."""
COUNTED: Final = Q(sent_at__isnull=False) & ~Q(status=Status.ENTERED_IN_ERROR)
"""What is counted at all: submitted once, and not for the wrong person."""


def _has(name: str) -> Q:
    return Q(**{f"{name}_at__isnull": False})


INSIDE = Q(outside=False) & ~_has("onward")
TRANSFER = ~_has("advised")
JUDGED = TRANSFER & (_has("taken") | _has("refused") | _has("passed_on"))
AWAITED = _has("kept") & (_has("arrived") | _has("missed"))
FOLLOWED = DOWN & _has("followed")


CONDITIONS: Final[Mapping[str, Callable[..., Q]]] = {
    "up": lambda: UP,
    "down": lambda: DOWN,
    "lateral": lambda: Q(direction=Direction.LATERAL),
    "outside": lambda: Q(outside=True),
    "inbound": lambda: Q(inbound=True),
    "leaving_first": lambda: LEAVING & TRANSFER & Q(goes_on=False),
    "leaving_inside": lambda: LEAVING & TRANSFER & Q(goes_on=False) & INSIDE,
    "advised": lambda: _has("advised"),
    "sent": lambda: TRANSFER,
    "asked": lambda: TRANSFER & _has("asked"),
    "judged": lambda: JUDGED,
    "accepted": lambda: JUDGED & _has("taken") & ~_has("revoked"),
    "answered": lambda: _has("answered"),
    "answered_arrived": lambda: Q(answered_at__isnull=False, arrived_at__gte=F("answered_at")),
    "awaited": lambda: AWAITED,
    "missed": lambda: AWAITED & _has("missed"),
    "rejected": lambda: _has("refused") | _has("revoked"),
    "arrived": lambda: _has("arrived"),
    "turned_away": lambda: _has("turned_away"),
    "closable": lambda: TRANSFER & ~Q(status__in=(Status.CANCELLED, Status.REJECTED)),
    "closed": lambda: TRANSFER & Q(status=Status.CLOSED),
    "replied": lambda: LEAVING & _has("replied"),
    "read_in_time": lambda: LEAVING & Q(read_at__lte=F("replied_at") + FEEDBACK_WITHIN),
    "eligible": downrate.eligible,
    "went_down": downrate.went_down,
    "followed": lambda: FOLLOWED & ~Q(status=Status.DIED),
    "finished": lambda: FOLLOWED & _has("finished"),
    "down_taken": lambda: DOWN & _has("taken"),
    "returned": came_back,
}


def condition(name: str, **inside: Any) -> Q:
    """One condition by its name. `inside`: when the counted legs were, for the one that looks at other legs as well."""
    made = CONDITIONS[name]
    return made(**inside) if made is came_back else made()
