"""Celery shells of the floor."""

import time

from celery import shared_task

from kernel import checkpoint as checkpoints
from kernel import closings, outbox
from kernel.files import writing as files


@shared_task(name="kernel.tasks.deliver")
def deliver() -> int:
    """Deliver what is due. Rung after each commit, and by beat as the sweep for what the bell missed."""
    return outbox.deliver()


@shared_task(name="kernel.tasks.checkpoint")
def checkpoint() -> None:
    """Write a signed checkpoint over all lanes of the audit chain."""
    checkpoints.write()


@shared_task(name="kernel.tasks.sweep_files")
def sweep_files() -> int:
    """Remove stored bytes whose row was rolled back, a day after they came."""
    return files.sweep(time.time() - 86_400)


@shared_task(name="kernel.tasks.audit_months")
def audit_months() -> int:
    """Make the coming months of the audit record ready."""
    return closings.make_ahead()
