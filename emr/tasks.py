"""Celery shells of emr."""

from time import monotonic

from celery import shared_task

from emr.access import services as access
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
