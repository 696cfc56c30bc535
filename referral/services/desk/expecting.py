"""Who waits for a place is told another day when the hospital knows better."""

from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kernel import clock
from kernel.actor import Actor
from kernel.errors import Conflict, Invalid
from referral.choices import Aside, Status
from referral.models import DayChange, Referral
from referral.policies import REFERRAL
from referral.services.leg.asides import again, aside
from referral.services.leg.steps import said


@transaction.atomic
def expect(
    *, by: Actor, referral_id: UUID, version: int, key: str, expected_date: date, reason: str
) -> Referral:
    """Move the day a place is expected for somebody on the waiting list; sender and patient are told.

    How long the desk may let her wait does not change with it. Raises Conflict (409) when the leg has moved on,
    Invalid (422) for a day that is over, the same day, or without a reason.
    """
    if (seen := again(by, "expect", referral_id, key)) is not None:
        return seen
    referral = REFERRAL.fetch(by, "expect", referral_id, lock=True)
    if referral.status != Status.WAITLISTED or referral.expected_date is None:
        raise Conflict(
            _("In its present state this step is not possible."),
            code="illegal_step",
            detail={"status": referral.status},
        )
    if referral.version != version:
        raise Conflict(
            code="version_conflict", detail={"version": referral.version, "status": referral.status}
        )
    words = said("reason", reason, _("Say why the day changes: the branch tells it the patient."))[:200]
    _ask_day(referral, expected_date)
    DayChange.objects.create(
        referral=referral,
        version=referral.version + 1,
        before_date=referral.expected_date,
        after_date=expected_date,
        reason=words,
        staff_id=by.person,
        organisation_id=by.place,
        happened_at=clock.now(),
    )
    referral.expected_date = expected_date
    aside(by, referral, Aside.EXPECTED_MOVED, fields=["expected_date"])
    return referral


def _ask_day(referral: Referral, day: date) -> None:
    if day < clock.today():
        raise Invalid(fields={"expected_date": _("The expected day is today or later.")})
    if day == referral.expected_date:
        raise Invalid(fields={"expected_date": _("This day is expected already.")})
