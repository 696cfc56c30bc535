"""Celery shells: ids in, service out."""

from celery import shared_task

from insurance_bridge import services
from kernel.actor import Actor


@shared_task(name="insurance_bridge.tasks.advance")
def advance() -> int:
    """Advance every due message until none is due; woken by a commit and swept by the beat."""
    by, total = Actor.system("insurance_bridge"), 0
    while taken := services.advance_due(by=by):
        total += taken
    return total
