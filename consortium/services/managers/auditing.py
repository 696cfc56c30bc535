"""The audit manager's verbs: looking into the chain, verifying it and taking it out leave a trace too."""

from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass
from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from consortium.policies import AUDIT
from kernel import audit, clock, exports, pseudonyms, wake
from kernel.actor import Actor
from kernel.chain import verifying
from kernel.errors import Invalid
from kernel.models import AuditCheck, AuditEntry

PAGE = 20
AT_ONCE = 50_000
"""Rows up to which a verification is over before anybody waits for it."""
TASK = "consortium.tasks.check_chain"
KEPT = 200
"""Findings that are kept with a verification; how many there were stands beside them."""


@dataclass(frozen=True)
class Question:
    """What is looked for in the chain; empty fields do not narrow. Days are the county's, both included.

    `action` is one action, or a room's with the dot at its end; `actions` are several.
    """

    since: date | None = None
    until: date | None = None
    actor: str = ""
    action: str = ""
    actions: tuple[str, ...] = ()
    outcome: str = ""
    subject: str = ""
    patient: str = ""
    organisation: UUID | None = None
    address: str = ""


@transaction.atomic
def search_audit(*, by: Actor, question: Question, before: UUID | None = None) -> list[AuditEntry]:
    """A page of entries, newest first; `before` continues after the last one seen. One more than PAGE says
    that more follow. Entries hold ids and codes; whom they concern is not named here."""
    AUDIT.ask(by, "search")
    found = _found(question, before=before, limit=PAGE + 1)
    audit.record(
        by=by, action="consortium.audit_searched", detail={**_asked(question), "found": len(found[:PAGE])}
    )
    return found


def _asked(question: Question) -> dict[str, str | int | bool]:
    return {name: str(value) for name, value in vars(question).items() if value}


def _found(question: Question, *, before: UUID | None, limit: int) -> list[AuditEntry]:
    since = clock.day_bounds(question.since)[0] if question.since else None
    until = clock.day_bounds(question.until)[1] if question.until else None
    patient = None
    if question.patient:
        patient = pseudonyms.bearer(question.patient, audit.patients(since, until))
        if patient is None:
            return []
    return audit.search(
        since=since,
        until=until,
        actor=question.actor.strip(),
        action=question.action.strip(),
        actions=question.actions,
        outcome=question.outcome,
        subject=question.subject.strip(),
        patient=patient,
        organisation=question.organisation,
        address=question.address.strip(),
        before=before,
        limit=limit,
    )


@transaction.atomic
def export_audit(
    *, by: Actor, question: Question, purpose: str, form: str, forms: Collection[str]
) -> Iterator[list[AuditEntry]]:
    """Take entries out, page by page; the taking out itself stands in the chain before the first one.

    Raises StepUpNeeded when the last proof is too old, Invalid without a purpose.
    """
    AUDIT.ask(by, "export")
    if form not in forms:
        raise Invalid(fields={"form": _("Choose a form.")}, code="unknown_form")
    detail: dict[str, str | int | bool] = {**_asked(question), "form": form}
    exports.begin(by=by, what="audit", purpose=purpose, detail=detail)
    audit.record(by=by, action="consortium.audit_exported", detail={**detail, "purpose": purpose})
    return _pages(question)


def _pages(question: Question) -> Iterator[list[AuditEntry]]:
    before: UUID | None = None
    while page := _found(question, before=before, limit=1000):
        yield page
        before = page[-1].id


def verify_audit(*, by: Actor) -> AuditCheck:
    """Have the whole chain recomputed and held against the signed checkpoints; answers where that stands.

    A short chain is verified at once, a long one by the worker.
    """
    AUDIT.ask(by, "verify")
    with transaction.atomic():
        check = AuditCheck.objects.create(
            asked_at=clock.present(), asked_by=by.id, expected=verifying.expected()
        )
        audit.record(by=by, action="consortium.audit_check_asked", subject=check)
    if check.expected < AT_ONCE:
        return check_chain(by=by, check_id=check.pk)
    wake.up(TASK)
    return check


def check_waiting(*, by: Actor) -> int:
    """Run the verifications that were asked for; how many."""
    waiting = AuditCheck.objects.filter(started_at=None).order_by("pk").values_list("pk", flat=True)
    return len([check_chain(by=by, check_id=pk) for pk in list(waiting)])


def check_chain(*, by: Actor, check_id: UUID) -> AuditCheck:
    """Verify now; progress and outcome are kept with the check, the outcome in the chain as well."""
    check = AuditCheck.objects.get(pk=check_id)
    check.started_at = clock.present()
    check.save(update_fields=["started_at"])

    def tell(rows: int) -> None:
        check.rows = rows
        check.save(update_fields=["rows"])

    result = verifying.verify(tell)
    outcome = "success" if result.sound else "failure"
    check.rows, check.checkpoints, check.sound = result.rows, result.checkpoints, result.sound
    check.findings = [asdict(found) for found in result.findings[:KEPT]]
    check.finished_at = clock.present()
    detail = {"rows": result.rows, "findings": len(result.findings)}
    with transaction.atomic():
        check.save(update_fields=["rows", "checkpoints", "sound", "findings", "finished_at"])
        audit.record(by=by, action="consortium.audit_verified", outcome=outcome, subject=check, detail=detail)
    if not result.sound:
        verifying.alarm(by, result)
    return check
