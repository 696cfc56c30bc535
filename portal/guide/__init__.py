"""What the help page says: what a post does here, whom it calls.

- `jobs`: one job, and whether a post may do it · `care`, `desks`, `house`: all jobs, by who does them

A job is shown where the post's own rail or home leads to its place and the policy tables give the right it needs: the
page can offer nothing the platform would refuse.
"""

from dataclasses import dataclass
from typing import Final

import consortium.selectors
from consortium.choices import Duty, Role
from consortium.selectors.people import oncall
from consortium.selectors.people.oncall import Phone
from kernel.actor import Actor
from kernel.errors import OutOfReach, Text
from portal import context, nav, selectors
from portal.guide.care import CARE
from portal.guide.desks import DESKS
from portal.guide.house import HOUSE
from portal.guide.jobs import EVERYWHERE, Job, may

JOBS: Final[tuple[Job, ...]] = (*CARE, *DESKS, *HOUSE)
CALLED: Final = (Duty.HELP_DESK, Duty.REFERRAL_DESK, Duty.CHIEF)
"""Whom anybody may call at the head hospital, first the one who knows the platform."""


@dataclass(frozen=True, slots=True)
class Guide:
    """Fields of portal/help.html. `help_desk`: its telephone, where nobody's name stands on the roster."""

    role: Text
    jobs: tuple[Job, ...]
    calls: tuple[Phone, ...]
    help_desk: str


def guide(*, by: Actor) -> Guide:
    """The help of the acting post, as of this minute."""
    calls = _calls(by)
    known = any(one.duty == Duty.HELP_DESK.label for one in calls)
    return Guide(
        role=Role(min(by.roles)).label,
        jobs=jobs(by=by),
        calls=calls,
        help_desk="" if known else consortium.selectors.help_desk(),
    )


def jobs(*, by: Actor) -> tuple[Job, ...]:
    """What the post can do: its places, and the rights of the policy tables."""
    open_ = {EVERYWHERE, *places(by)}
    return tuple(
        job for job in JOBS if job.at in open_ and job.role in ("", *by.roles) and may(by, job.right)
    )


def places(by: Actor) -> set[str]:
    """Where the post's rail and home lead."""
    centres = context.centres_of(by)
    office = selectors.at_office(by=by)
    rail = nav.entries(by.roles, "", {}, centres, office=office)
    buttons = nav.buttons(by.roles, centres, office=office)
    return {one.url for one in rail} | {one.url for one in buttons}


def _calls(by: Actor) -> tuple[Phone, ...]:
    """Who is on duty now: at the head hospital, and who answers for one's own institution; then the system managers."""
    here = oncall.roster({by.organisation} if by.organisation else set())
    at_head = list(here.shifts.get(here.head, ())) if here.head else []
    shifts = [shift for duty in CALLED for shift in at_head if shift.duty == duty]
    if by.organisation and by.organisation != here.head:
        shifts += [one for one in here.shifts.get(by.organisation, ()) if one.duty == Duty.CHIEF]
    return (*oncall.phones(shifts), *_managers())


def _managers() -> tuple[Phone, ...]:
    """The system managers of the head hospital, who help with accounts."""
    try:
        head = consortium.selectors.head_hospital().pk
    except OutOfReach:
        return ()
    people = consortium.selectors.colleagues(Role.SYSTEM_MANAGER, head)
    return oncall.at_house(people, head, Role.SYSTEM_MANAGER.label)
