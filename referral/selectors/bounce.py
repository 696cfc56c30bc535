"""Up again within thirty days: one definition for the leg's page, the boards and the statistics."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Exists, OuterRef

from referral.choices import BOUNCES_WITHIN, UNSENT, Direction, Status
from referral.models import Referral


def bounced() -> Exists:
    """For `filter()` and `annotate()` of referrals: an up leg of a person another of whose legs, up or down, was
    closed at most thirty days before this one was submitted (30 日内返转)."""
    sent = OuterRef("submitted_at")
    before = Referral.objects.filter(
        patient__person=OuterRef("patient__person"),
        status=Status.CLOSED,
        ended_at__lte=sent,
        ended_at__gte=sent - BOUNCES_WITHIN,
    )
    return Exists(before.exclude(pk=OuterRef("pk")))


def returned(legs: Iterable[Referral]) -> set[UUID]:
    """Which of these legs are returns; one statement, none where no leg goes up."""
    up = [leg.pk for leg in legs if leg.direction == Direction.UP and leg.status not in UNSENT]
    if not up:
        return set()
    rows = Referral.objects.filter(bounced(), pk__in=up, direction=Direction.UP, submitted_at__isnull=False)
    return set(rows.values_list("pk", flat=True))
