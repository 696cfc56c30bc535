"""Celery shells of consortium."""

from celery import shared_task

from consortium import services
from kernel.actor import Actor


@shared_task(name="consortium.tasks.watch")
def watch() -> int:
    """The rules look at what came into the audit record; alarms that wait too long are told on."""
    by = Actor.system("watch")
    raised = services.watch(by=by)
    services.escalate_alarms(by=by)
    return raised
