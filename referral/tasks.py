"""Celery shells: ids in, service out."""

from celery import shared_task

from kernel import sweeping
from kernel.actor import Actor
from referral import selectors, services


@shared_task(name="referral.tasks.fire_due")
def fire_due() -> int:
    """Everything that waits too long, each leg and paper in a transaction of its own; how many were late.

    One that fails holds up no other: the task goes through all, and then fails with what failed.
    """
    by = Actor.system("referral")
    done = sweeping.Sweep("legs that could not be passed up")
    done.each(selectors.overdue(by=by), lambda pk: services.run_late(by=by, referral_id=pk))
    done.each(selectors.late_papers(by=by), lambda pk: services.remind_paper(by=by, task_id=pk))
    return done.end()


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
