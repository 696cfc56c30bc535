"""Housekeeping that belongs to no app."""

from celery import shared_task
from django.core.management import call_command

from config import heartbeat


@shared_task(name="config.tasks.beat_of_the_worker", ignore_result=True, expires=30)
def beat_of_the_worker() -> None:
    """Says that beat, queue and worker work together; /healthz reads it."""
    heartbeat.seen()


@shared_task(name="config.tasks.clear_sessions", ignore_result=True)
def clear_sessions() -> None:
    """Removes expired sessions."""
    call_command("clearsessions")
