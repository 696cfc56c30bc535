"""Celery shells of consortium."""

from celery import shared_task

from consortium import services
from kernel.actor import Actor


@shared_task(name="consortium.tasks.close_idle")
def close_idle() -> int:
    """Accounts nobody has used for ninety days are closed, each night."""
    return services.close_idle(by=Actor.system("consortium"))


@shared_task(name="consortium.tasks.close_due")
def close_due() -> int:
    """Institutions and departments whose day has come are closed."""
    by = Actor.system("consortium")
    return services.close_due(by=by) + services.close_departments_due(by=by)


@shared_task(name="consortium.tasks.watch")
def watch() -> int:
    """The rules look at what came into the audit record; alarms that wait too long are told on."""
    by = Actor.system("watch")
    raised = services.watch(by=by)
    services.escalate_alarms(by=by)
    return raised


@shared_task(name="consortium.tasks.check_chain")
def check_chain() -> int:
    """Verifications of the audit chain that were asked for on its page."""
    return services.check_waiting(by=Actor.system("audit"))


@shared_task(name="consortium.tasks.verify_chain")
def verify_chain() -> None:
    """The chain is verified each night, whether anybody asks or not; what is broken raises the alarm."""
    services.verify_audit(by=Actor.system("audit"))


@shared_task(name="consortium.tasks.weekly_report")
def weekly_report() -> None:
    """The audit manager's report of the week that is over."""
    services.write_report(by=Actor.system("audit"))


@shared_task(name="consortium.tasks.send_texts")
def send_texts() -> int:
    """Text messages that are due go to the gateway."""
    return services.send_texts(by=Actor.system("consortium"))
