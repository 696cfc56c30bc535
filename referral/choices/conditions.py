"""The conditions that `INDICATORS` names, as far as the tally of a leg tells them by itself: what each says of a row.

The database keeps which of them hold beside each row (`Tally.meets`, a bit for each, in this order), so that a page
over many legs evaluates none of them anew. A new condition stands last. `engine/recount.py` says all of them again over
the history. Times are compared as spans: what a generated column holds may not hang on a time zone.
"""

from collections.abc import Mapping
from typing import Final

from django.db.models import F, Q
from django.db.models.lookups import LessThanOrEqual

from referral.choices.down import NOT_ELIGIBLE
from referral.choices.indicators import FEEDBACK_WITHIN
from referral.choices.states import Status
from referral.choices.table import Direction


def _has(name: str) -> Q:
    return Q(**{f"{name}_at__isnull": False})


UP, DOWN = Q(direction=Direction.UP), Q(direction=Direction.DOWN)
LEAVING: Final = Q(direction__in=(Direction.UP, Direction.LATERAL), inbound=False)
"""Up and between peers, of the county's own."""
INSIDE = Q(outside=False) & ~_has("onward")
TRANSFER = ~_has("advised")
FIRST = LEAVING & TRANSFER & Q(goes_on=False)
JUDGED = TRANSFER & (_has("taken") | _has("refused") | _has("passed_on"))
AWAITED = _has("kept") & (_has("arrived") | _has("missed"))
FOLLOWED = DOWN & _has("followed")
ELIGIBLE: Final = LEAVING & Q(outside=False) & _has("replied") & ~Q(no_plan__in=NOT_ELIGIBLE)
"""The base of the down rate (下转率): stays inside the county that ended with a signed return form and could have gone
down: all but the recovered and those whose treatment goes on there."""
IN_TIME = Q(LessThanOrEqual(F("read_at") - F("replied_at"), FEEDBACK_WITHIN))

HOLDS: Final[Mapping[str, Q]] = {
    "up": UP,
    "down": DOWN,
    "lateral": Q(direction=Direction.LATERAL),
    "outside": Q(outside=True),
    "inbound": Q(inbound=True),
    "leaving_first": FIRST,
    "leaving_inside": FIRST & INSIDE,
    "advised": _has("advised"),
    "sent": TRANSFER,
    "asked": TRANSFER & _has("asked"),
    "judged": JUDGED,
    "accepted": JUDGED & _has("taken") & ~_has("revoked"),
    "answered": _has("answered"),
    "answered_arrived": Q(answered_at__isnull=False, arrived_at__gte=F("answered_at")),
    "awaited": AWAITED,
    "missed": AWAITED & _has("missed"),
    "rejected": _has("refused") | _has("revoked"),
    "arrived": _has("arrived"),
    "turned_away": _has("turned_away"),
    "closable": TRANSFER & ~Q(status__in=(Status.CANCELLED, Status.REJECTED)),
    "closed": TRANSFER & Q(status=Status.CLOSED),
    "replied": LEAVING & _has("replied"),
    "read_in_time": LEAVING & IN_TIME,
    "eligible": ELIGIBLE,
    "went_down": ELIGIBLE & _has("sent_down"),
    "followed": FOLLOWED & ~Q(status=Status.DIED),
    "finished": FOLLOWED & _has("finished"),
    "down_taken": DOWN & _has("taken"),
}
BIT: Final[Mapping[str, int]] = {name: 1 << place for place, name in enumerate(HOLDS)}
