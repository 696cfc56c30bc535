"""Celery shells of the floor."""

import time

from celery import shared_task

from kernel import countersign, delivery, scrub
from kernel.actor import Actor
from kernel.chain import checkpoint as checkpoints
from kernel.chain import closings
from kernel.files import writing as files


@shared_task(name="kernel.tasks.deliver")
def deliver() -> int:
    """Deliver what is due. Rung after each commit, and by beat as the sweep for what the bell missed."""
    return delivery.deliver()


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


@shared_task(name="kernel.tasks.countersign")
def countersign_papers() -> int:
    """Ask the licensed CA for the papers that wait for it."""
    return countersign.exchange(by=Actor.system("kernel"))


@shared_task(name="kernel.tasks.scrub_store", ignore_result=True)
def scrub_store() -> int:
    """Look for damage in stored files and protected rows; how much was found."""
    return scrub.scrub()[1]
