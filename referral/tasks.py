"""Celery shells: ids in, service out."""

from celery import shared_task

from kernel.actor import Actor
from referral import selectors, services


@shared_task(name="referral.tasks.fire_due")
def fire_due() -> int:
    """Everything that waits too long, each leg in a transaction of its own; how many were late."""
    by = Actor.system("referral")
    return sum(services.run_late(by=by, referral_id=pk) is not None for pk in selectors.overdue(by=by))


@shared_task(name="referral.tasks.compare_figures")
def compare_figures() -> int:
    """The statistics are held against the histories; how many differences, each of which is named and rings."""
    return len(services.compare(by=Actor.system("referral")))


@shared_task(name="referral.tasks.carry")
def carry() -> int:
    """Send what is due to hospitals outside, until nothing is answered any more."""
    by, total = Actor.system("referral"), 0
    while sent := services.carry_messages(by=by):
        total += sent
    return total
