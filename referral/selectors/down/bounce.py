"""Up again within thirty days: one definition for the leg's page, the boards and the statistics.

A return (30 日内返转) is a pair: a leg down that the branch took, and a leg up of the same person that was submitted at
most thirty days after it. The indicator counts its first half, the mark stands on its second.
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from referral.choices import RETURN_WITHIN, UNSENT, Direction, Status
from referral.models import Referral, Tally

VOID = Q(status=Status.ENTERED_IN_ERROR)
TAKEN_DOWN = Q(direction=Direction.DOWN, taken_at__isnull=False)


def came_back(**inside: Any) -> Q:
    """Of tallies: the legs down whose person was sent up again in time; one set for the whole question, not a search
    for each leg. `inside`: what else holds of the legs down that are asked about, so that the set is no larger."""
    again = Tally.objects.filter(~VOID, direction=Direction.UP, referral__person=OuterRef("referral__person"))
    within = again.filter(sent_at__gt=OuterRef("sent_at"), sent_at__lte=OuterRef("sent_at") + RETURN_WITHIN)
    first = Tally.objects.filter(~VOID, TAKEN_DOWN, Exists(within), sent_at__isnull=False, **inside)
    return TAKEN_DOWN & Q(pk__in=first.values("pk"))


def bounced() -> Exists:
    """Of referrals, for `filter()` and `annotate()`: the legs up that are the second half of such a pair."""
    before = Tally.objects.filter(~VOID, TAKEN_DOWN, referral__person=OuterRef("person"))
    sent = OuterRef("tally__sent_at")
    return Exists(before.filter(sent_at__lt=sent, sent_at__gte=sent - RETURN_WITHIN))


def returned(legs: Iterable[Referral]) -> set[UUID]:
    """Which of these legs are returns; one statement, none where no leg goes up."""
    up = [leg.pk for leg in legs if leg.direction == Direction.UP and leg.status not in UNSENT]
    if not up:
        return set()
    rows = Referral.objects.filter(bounced(), pk__in=up, direction=Direction.UP)
    return set(rows.exclude(VOID).values_list("pk", flat=True))
