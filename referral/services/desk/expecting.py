"""Who waits for a place is told another day when the hospital knows better."""

from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kernel import clock
from kernel.actor import Actor
from kernel.errors import Invalid
from referral.choices import Aside, Status
from referral.models import DayChange, Referral
from referral.services.leg.asides import aside, begin_aside
from referral.services.leg.steps import said


@transaction.atomic
def expect(
    *, by: Actor, referral_id: UUID, version: int, key: str, expected_date: date, reason: str
) -> Referral:
    """Move the day a place is expected for somebody on the waiting list; sender and patient are told.

    How long the desk may let her wait does not change with it. Raises Conflict (409) when the leg has moved on,
    Invalid (422) for a day that is over, the same day, or without a reason.
    """
    referral, done = begin_aside(by, "expect", referral_id, key, version, _waits)
    if done:
        return referral
    words = said("reason", reason, _("Say why the day changes: the branch tells it the patient."))[:200]
    _ask_day(referral, expected_date)
    DayChange.objects.create(  # type: ignore[misc]  # who is on the list has a day: referral_waits_until_a_day
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


def _waits(referral: Referral) -> bool:
    return referral.status == Status.WAITLISTED


def _ask_day(referral: Referral, day: date) -> None:
    if day < clock.today():
        raise Invalid(fields={"expected_date": _("The expected day is today or later.")})
    if day == referral.expected_date:
        raise Invalid(fields={"expected_date": _("This day is expected already.")})
