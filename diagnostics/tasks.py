"""Celery shells: ids in, service out."""

from celery import shared_task

from diagnostics import selectors, services
from kernel import sweeping
from kernel.actor import Actor


@shared_task(name="diagnostics.tasks.pass_up")
def pass_up() -> int:
    """Critical values that nobody reads back, each in a transaction of its own; how many were passed up."""
    by = Actor.system("diagnostics")
    done = sweeping.Sweep("critical values that could not be passed up")
    done.each(selectors.unanswered(by=by), lambda pk: services.pass_up(by=by, critical_id=pk))
    return done.end()
