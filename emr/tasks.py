"""Celery shells of emr."""

from time import monotonic

from celery import shared_task

from emr.access import services as access
from emr.capacity import selectors as capacity_now
from emr.capacity import services as capacity
from emr.repository import services as repository
from kernel.actor import Actor

LONGEST = 40.0
"""Seconds of one look through; the next minute goes on."""


@shared_task(name="emr.tasks.look_through")
def look_through() -> int:
    """Pieces of the look through that a change of the label table asked for; how many."""
    until, pieces = monotonic() + LONGEST, 0
    while monotonic() < until and repository.sweep(by=Actor.system("repository")):
        pieces += 1
    return pieces


@shared_task(name="emr.tasks.remind_reviews")
def remind_reviews() -> int:
    """Break-glass reviews that are due or late are called to mind; how many people were told."""
    return access.remind(by=Actor.system("access"))


@shared_task(name="emr.tasks.free_what_is_over")
def free_what_is_over() -> int:
    """Holds and cleanings whose time is over are written down as ended, each in a transaction of its own; how many."""
    by = Actor.system("capacity")
    return sum(capacity.expire(by=by, use_id=pk) is not None for pk in capacity_now.over(by=by))


@shared_task(name="emr.tasks.turn_slots")
def turn_slots() -> int:
    """Clinic slots that are due are opened to the branches, or go back to the hospital; how many half days."""
    by = Actor.system("capacity")
    return capacity.return_slots(by=by) + capacity.open_slots(by=by)
