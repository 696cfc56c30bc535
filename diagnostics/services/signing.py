"""A report is signed: alone, by the second pair of eyes, or as a correction. Each signature is a new version."""

from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consortium import selectors as consortium
from consortium import services as consortium_services
from consortium.choices import NoticeLevel, Role
from diagnostics import events, fhir
from diagnostics.choices import PAPER, REPORTED, TRANSITIONS, Event, Outcome, Priority, ReportState, Status
from diagnostics.models import Draft, ExamRequest, Report
from diagnostics.policies import REQUEST
from diagnostics.selectors import ReportPage, report_page
from diagnostics.services.critical import raise_critical
from diagnostics.services.publishing import publish_report
from diagnostics.services.reading import complete, end_claim, held_claim
from emr.access import services as access
from kernel import audit, clock, outbox, papers
from kernel.actor import Actor
from kernel.errors import Conflict
from kernel.said import phrase
from kernel.workflow import move


def wants_review(request: ExamRequest, draft: Draft) -> bool:
    """A second pair of eyes where the item says so, and always for a critical value."""
    return request.item.needs_review or draft.outcome == Outcome.CRITICAL


def signing_event(by: Actor, request: ExamRequest, draft: Draft) -> Event:
    """What the writer's own signature is worth. Raises Conflict (409) when the report must go to review first."""
    if not wants_review(request, draft):
        if not consortium.may_review(by):
            raise Conflict(
                _("Your title does not allow signing alone: submit it for review."), code="needs_review"
            )
        return Event.FINISH
    if request.priority == Priority.EMERGENCY or draft.outcome == Outcome.CRITICAL:
        return Event.SIGN_ALONE
    raise Conflict(_("This report needs a second pair of eyes: submit it for review."), code="needs_review")


def final_state(request: ExamRequest) -> ReportState:
    """A version after a final one is a correction."""
    corrected = request.reports.exclude(state=ReportState.PRELIMINARY).exists()
    return ReportState.AMENDED if corrected else ReportState.FINAL


@transaction.atomic
def sign(*, by: Actor, request_id: UUID, version: int | None = None) -> Report:
    """The writer signs (签名): final where one signature suffices, else preliminary.

    Preliminary in an emergency and for a critical value.
    """
    request = REQUEST.fetch(by, "sign", request_id, lock=True)
    held_claim(by, request)
    if request.status != Status.DRAFT:
        raise Conflict(_("Write the report first."), code="nothing_written")
    complete(request, request.draft)
    event = signing_event(by, request, request.draft)
    move(request, event, TRANSITIONS, version=version)
    state = ReportState.PRELIMINARY if event == Event.SIGN_ALONE else final_state(request)
    return issue(by=by, request=request, state=state, reviewer_id=None)


@transaction.atomic
def review(*, by: Actor, request_id: UUID, version: int | None = None) -> Report:
    """The second pair of eyes signs (审核签名): 主治 or above, never the writer."""
    request = REQUEST.fetch(by, "review", request_id, lock=True)
    move(request, Event.SIGN, TRANSITIONS, version=version)
    if not consortium.may_review(by):
        raise Conflict(_("Only an attending doctor or above may review."), code="title_too_low")
    if request.draft.writer_id == by.id:
        raise Conflict(_("Nobody reviews a report of her own."), code="own_report")
    return issue(by=by, request=request, state=final_state(request), reviewer_id=by.id)


def issue(*, by: Actor, request: ExamRequest, state: ReportState, reviewer_id: UUID | None) -> Report:
    """Write the signed version, publish it, tell who asked. The request is moved and locked by the caller."""
    first = not request.reports.exists()
    report = signed_version(request, state, reviewer_id)
    request.reported_at, request.seen_at, request.seen_by_id = report.signed_at, None, None
    request.save(update_fields=["status", "version", "reported_at", "seen_at", "seen_by"])
    end_claim(request)
    publish_report(by=by, request=request, report=report)
    audit.record(
        by=by,
        action="exam.report_signed",
        subject=request,
        patient=request.patient_id,
        detail={"version": report.version, "state": str(state)},
    )
    outbox.emit(
        events.ReportSigned(
            request_id=str(request.pk), report_id=str(request.report_id), version=report.version
        )
    )
    if first:
        outbox.emit(events.ExamFinished(request_id=str(request.pk)))
    tell_requester(by=by, request=request, report=report)
    return report


def signed_version(request: ExamRequest, state: ReportState, reviewer_id: UUID | None) -> Report:
    """The draft as a signed, append-only row."""
    draft = request.draft
    last = request.reports.aggregate(last=Max("version"))["last"] or 0
    report = Report(
        request=request,
        version=last + 1,
        state=state,
        findings=draft.findings,
        impression=draft.impression,
        advice=draft.advice,
        outcome=draft.outcome,
        critical_text=draft.critical_text,
        amend_reason=draft.amend_reason,
        writer_id=draft.writer_id,
        reviewer_id=reviewer_id,
        needs_review=wants_review(request, draft),
        signed_at=clock.now(),
    )
    seal = papers.seal(
        kind=PAPER,
        subject=request.report_id,
        version=report.version,
        data=fhir.signed_bytes(request, report),
    )
    report.signature_algorithm, report.signature_key, report.signature = (
        seal.algorithm,
        seal.key_id,
        seal.value,
    )
    report.save(force_insert=True)
    return report


def tell_requester(*, by: Actor, request: ExamRequest, report: Report) -> None:
    """A critical value goes the critical way once; everything else is a note in the requester's inbox."""
    if (
        report.outcome == Outcome.CRITICAL
        and not request.criticals.filter(text=report.critical_text).exists()
    ):
        raise_critical(by=by, report=report)
        return
    consortium_services.notify(
        by=by,
        key=f"exam-report:{request.pk}:{report.version}",
        recipients=consortium_services.Recipients(staff=(request.requester_id,)),
        level=NoticeLevel.NOTE if report.outcome == Outcome.NORMAL else NoticeLevel.TASK,
        title=phrase(gettext_lazy("Report is there: %(exam)s"), exam=request.item.name),
        url=reverse("diagnostics:report", args=[request.report_id]),
        patient_id=request.patient_id,
    )


@transaction.atomic
def open_report(*, by: Actor, report_id: UUID, version: int | None = None) -> ReportPage:
    """Open a report: the record is opened and audited; a doctor of the requesting side marks it as seen."""
    page = report_page(by=by, report_id=report_id, version=version)
    request = page.request
    access.open_record(by=by, patient_id=request.patient_id)
    treats = by.has(Role.BRANCH_DOCTOR, Role.BRANCH_REVIEWER, Role.SPECIALIST)
    if (
        request.status in REPORTED
        and request.seen_at is None
        and treats
        and request.source_id in by.organisations
    ):
        request.seen_at, request.seen_by_id = clock.now(), by.id
        request.save(update_fields=["seen_at", "seen_by"])
        audit.record(by=by, action="exam.report_seen", subject=request, patient=request.patient_id)
    return page
