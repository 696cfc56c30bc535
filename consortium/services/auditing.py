"""The audit manager's verbs: looking into the chain and verifying it leave a trace too."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction

from consortium.policies import AUDIT
from kernel import audit, chain, clock
from kernel.actor import Actor
from kernel.models import AuditEntry

PAGE = 50


@dataclass(frozen=True)
class Question:
    """What is looked for in the chain; empty fields do not narrow. Days are the county's, both included."""

    since: date | None = None
    until: date | None = None
    actor: str = ""
    action: str = ""
    outcome: str = ""
    subject: str = ""
    patient: UUID | None = None


@transaction.atomic
def search_audit(*, by: Actor, question: Question, before: UUID | None = None) -> list[AuditEntry]:
    """A page of entries, newest first; `before` continues after the last one seen. One more than PAGE says
    that more follow. Entries hold ids and codes; whom they concern is not named here."""
    AUDIT.ask(by, "search")
    found = audit.search(
        since=clock.day_bounds(question.since)[0] if question.since else None,
        until=clock.day_bounds(question.until)[1] if question.until else None,
        actor=question.actor.strip(),
        action=question.action.strip(),
        outcome=question.outcome,
        subject=question.subject.strip(),
        patient=question.patient,
        before=before,
        limit=PAGE + 1,
    )
    asked = {name: str(value) for name, value in vars(question).items() if value}
    audit.record(by=by, action="consortium.audit_searched", detail={**asked, "found": len(found[:PAGE])})
    return found


def verify_audit(*, by: Actor) -> chain.Result:
    """Recompute the whole chain and hold it against the signed checkpoints; the result is recorded in the chain."""
    AUDIT.ask(by, "verify")
    result = chain.verify()
    outcome = "success" if result.sound else "failure"
    detail = {"rows": result.rows, "findings": len(result.findings)}
    with transaction.atomic():
        audit.record(by=by, action="consortium.audit_verified", outcome=outcome, detail=detail)
    return result
