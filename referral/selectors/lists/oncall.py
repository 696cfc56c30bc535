"""Who is called for a late leg now: from the duty roster, the next one up with each escalation, another at night."""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from consortium.choices import Duty
from consortium.selectors.people import oncall
from consortium.selectors.people.oncall import Phone, Roster, Shifts
from referral.choices import RUNGS, Side, turn_of
from referral.models import BackfillTask, Referral
from referral.selectors.house.limits import place_of

TOP: Final = RUNGS - 1
"""The last level."""
WARD: Final = (Duty.SECOND_LINE, Duty.CHIEF)


def level_of(escalations: int) -> int:
    """How far up a leg has been passed."""
    return min(max(escalations - 1, 0), TOP)


def called(legs: Iterable[Referral]) -> dict[UUID, tuple[Phone, ...]]:
    """Who is called for each of these legs now, in a fixed number of statements; nobody only in a county without
    roster and 医务科."""
    if not (rows := list(legs)):
        return {}
    roster = oncall.roster({place_of(leg) for leg in rows})
    return _or_affairs({leg.pk: _who(leg, roster) for leg in rows}, roster)


def called_for_paper(tasks: Iterable[BackfillTask]) -> dict[UUID, tuple[Phone, ...]]:
    """The same for papers that are late at the sending side; each with its `referral`."""
    if not (rows := list(tasks)):
        return {}
    roster = oncall.roster({task.referral.source_id for task in rows})
    return _or_affairs({task.pk: _who_for_paper(task, roster) for task in rows}, roster)


def _or_affairs(found: dict[UUID, tuple[Phone, ...]], roster: Roster) -> dict[UUID, tuple[Phone, ...]]:
    """The 医务科 where nobody is on duty."""
    if all(found.values()):
        return found
    instead = oncall.medical_affairs(roster)
    return {pk: people or instead for pk, people in found.items()}


def _who_for_paper(task: BackfillTask, roster: Roster) -> tuple[Phone, ...]:
    leg = task.referral
    chain = _levels(roster, leg.source_id, leg.source_department_id)
    return oncall.first(chain[level_of(task.escalations) :])


def _who(leg: Referral, roster: Roster) -> tuple[Phone, ...]:
    receiving = turn_of(leg.status, leg.follow_up) == Side.RECEIVER
    ward = leg.department_id if receiving else leg.source_department_id
    return oncall.first(_levels(roster, place_of(leg), ward)[level_of(leg.escalations) :])


def _levels(roster: Roster, place: UUID, ward: UUID | None) -> list[Shifts]:
    """Duty chief of the ward or house, referral centre, consortium office. Outside of working hours the house's
    行政总值班 stands for the centre, and the head hospital's for an office that has gone home."""
    night = place in roster.closed
    centre = Duty.CHIEF if night else Duty.REFERRAL_DESK
    first = roster.people(place, WARD, ward) or roster.first_line(place, ward)
    desk = roster.people(place, (centre,)) + roster.people(roster.head, (centre,), roster.manned_by(centre))
    office = roster.people(roster.office, Duty.values)
    return [first, desk, office + (roster.people(roster.head, (Duty.CHIEF,)) if night else [])]
