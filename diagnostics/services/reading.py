"""Reading a case: claim, write, hand over, send back, correct."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consortium import selectors as consortium
from consortium import services as consortium_services
from consortium.choices import NoticeLevel
from diagnostics.choices import READING_PAGE, REPORTED, TRANSITIONS, Event, Minutes, Outcome, Status, group_of
from diagnostics.models import Claim, Draft, ExamRequest, Report
from diagnostics.policies import REQUEST
from diagnostics.selectors import Reading, reading
from diagnostics.services.publishing import publish_step
from emr.access import services as access
from kernel import audit, clock
from kernel.actor import Actor
from kernel.errors import Conflict, Invalid
from kernel.said import phrase
from kernel.workflow import move


def reason_given(reason: str) -> str:
    """The reason, or Invalid (422)."""
    if not reason.strip():
        raise Invalid(fields={"reason": _("Say why.")})
    return reason.strip()


def live_claim(request: ExamRequest) -> Claim | None:
    return request.claims.filter(ended_at__isnull=True).order_by("pk").first()


def held_claim(by: Actor, request: ExamRequest) -> Claim:
    """The actor's own running claim. Raises Conflict (409) naming who holds the case."""
    claim = live_claim(request)
    if claim is None:
        signed = request.status in REPORTED
        words = _("This report has been signed already.") if signed else _("Take this case first.")
        raise Conflict(words, code="not_claimed")
    if claim.reader_id != by.id:
        raise Conflict(
            _("%(name)s is reading this case.") % {"name": consortium.staff_name(claim.reader_id)},
            code="claimed_by_another",
        )
    return claim


def end_claim(request: ExamRequest, reason: str = "") -> None:
    request.claims.filter(ended_at__isnull=True).update(ended_at=clock.now(), reason=reason)


def start_claim(request: ExamRequest, reader_id: UUID) -> Claim:
    now = clock.now()
    return Claim.objects.create(request=request, reader_id=reader_id, claimed_at=now, seen_at=now)


@transaction.atomic
def open_reading(*, by: Actor, request_id: UUID) -> Reading:
    """Open a case on the reading page: the patient's record is opened and audited once, then everything is read."""
    request = REQUEST.fetch(by, "view", request_id)
    access.open_record(by=by, patient_id=request.patient_id)
    return reading(by=by, request_id=request_id)


@transaction.atomic
def claim(*, by: Actor, request_id: UUID, version: int | None = None) -> ExamRequest:
    """A reader takes a case (领取). Taking one's own again is harmless; another's is a Conflict (409) with the name."""
    request = REQUEST.fetch(by, "claim", request_id, lock=True)
    if request.status in (Status.CLAIMED, Status.DRAFT):
        held_claim(by, request)
        return request
    move(request, Event.CLAIM, TRANSITIONS, version=version)
    if Draft.objects.filter(request=request).exists():
        move(request, Event.WRITE, TRANSITIONS)
    request.save(update_fields=["status", "version"])
    start_claim(request, writer_id(by))
    publish_step(by=by, request=request)
    audit.record(by=by, action="exam.claimed", subject=request, patient=request.patient_id)
    return request


def writer_id(by: Actor) -> UUID:
    """A report is written by a person, never by the house."""
    if by.id is None:
        raise Conflict(_("Only a person may read a case."), code="no_person")
    return by.id


@transaction.atomic
def release(*, by: Actor, request_id: UUID, version: int | None = None) -> ExamRequest:
    """The holder puts the case back; what she wrote stays for the next reader."""
    request = REQUEST.fetch(by, "release", request_id, lock=True)
    held_claim(by, request)
    move(request, Event.RELEASE, TRANSITIONS, version=version)
    request.save(update_fields=["status", "version"])
    end_claim(request)
    audit.record(by=by, action="exam.released", subject=request, patient=request.patient_id)
    return request


@transaction.atomic
def take_over(*, by: Actor, request_id: UUID, reason: str, version: int | None = None) -> ExamRequest:
    """Take a case from a reader who gave no sign of life for 15 minutes, with a reason on record."""
    request = REQUEST.fetch(by, "take_over", request_id, lock=True)
    why, held = reason_given(reason), live_claim(request)
    move(request, Event.TAKE_OVER, TRANSITIONS, version=version)
    if held is not None and held.seen_at > clock.now() - timedelta(minutes=Minutes.CLAIM_IDLE):
        raise Conflict(
            _("%(name)s is still at work on this case.") % {"name": consortium.staff_name(held.reader_id)},
            code="claim_alive",
        )
    request.save(update_fields=["status", "version"])
    end_claim(request, why)
    start_claim(request, writer_id(by))
    audit.record(by=by, action="exam.taken_over", subject=request, patient=request.patient_id)
    return request


@transaction.atomic
def save_draft(
    *,
    by: Actor,
    request_id: UUID,
    draft_version: int,
    findings: str,
    impression: str,
    advice: str = "",
    outcome: str = "",
    critical_text: str = "",
) -> Draft:
    """Keep what the holder has written so far. Raises Conflict (409) when another window has written since.

    `draft_version` is the version the page was filled from, 0 for a new draft.
    """
    request = REQUEST.fetch(by, "write", request_id, lock=True)
    held = held_claim(by, request)
    move(request, Event.WRITE, TRANSITIONS)
    draft = Draft.objects.filter(request=request).order_by("pk").first() or Draft(request=request, version=0)
    if draft.version != draft_version:
        raise Conflict(_("Another window has written to this report since."), code="draft_version")
    if outcome not in ("", *Outcome.values):
        raise Invalid(fields={"outcome": _("Choose a result.")})
    now = clock.now()
    draft.version += 1
    draft.findings, draft.impression, draft.advice = findings.strip(), impression.strip(), advice.strip()
    draft.outcome, draft.critical_text = outcome, critical_text.strip() if outcome == Outcome.CRITICAL else ""
    draft.writer_id, draft.saved_at = writer_id(by), now
    draft.save()
    request.save(update_fields=["status", "version"])
    Claim.objects.filter(pk=held.pk).update(seen_at=now)
    audit.record(by=by, action="exam.draft_saved", subject=request, patient=request.patient_id)
    return draft


@transaction.atomic
def submit(*, by: Actor, request_id: UUID, version: int | None = None) -> ExamRequest:
    """The writer hands her report to review (提交审核). A critical value is signed instead (409), told at once."""
    request = REQUEST.fetch(by, "submit", request_id, lock=True)
    held_claim(by, request)
    move(request, Event.SUBMIT, TRANSITIONS, version=version)
    complete(request, request.draft)
    if request.draft.outcome == Outcome.CRITICAL:
        raise Conflict(
            _("A critical value does not wait for review: sign it, it is told at once and reviewed after."),
            code="critical_waits_for_nobody",
        )
    request.save(update_fields=["status", "version"])
    end_claim(request)
    publish_step(by=by, request=request)
    audit.record(by=by, action="exam.submitted", subject=request, patient=request.patient_id)
    return request


def complete(request: ExamRequest, draft: Draft) -> None:
    """Raise Invalid (422) for each part a signature needs and the draft lacks.

    An ECG's findings are its measurements.
    """
    wrong = {}
    if not draft.findings and request.modality != "ECG":
        wrong["findings"] = _("Write the findings.")
    if not draft.impression:
        wrong["impression"] = _("Write the impression.")
    if not draft.outcome:
        wrong["outcome"] = _("Choose a result.")
    if draft.outcome == Outcome.CRITICAL and not draft.critical_text:
        wrong["critical_text"] = _("Name the critical value.")
    if wrong:
        raise Invalid(fields=wrong)


@transaction.atomic
def send_back(*, by: Actor, request_id: UUID, version: int | None, reason: str) -> ExamRequest:
    """The reviewer returns a report to its writer with a comment (退回)."""
    request = REQUEST.fetch(by, "send_back", request_id, lock=True)
    why = reason_given(reason)
    move(request, Event.SEND_BACK, TRANSITIONS, version=version)
    request.save(update_fields=["status", "version"])
    Draft.objects.filter(request=request).update(returned_reason=why)
    start_claim(request, request.draft.writer_id)
    publish_step(by=by, request=request)
    audit.record(by=by, action="exam.sent_back", subject=request, patient=request.patient_id)
    consortium_services.notify(
        by=by,
        key=f"exam-sent-back:{request.pk}:{request.version}",
        recipients=consortium_services.Recipients(staff=(request.draft.writer_id,)),
        level=NoticeLevel.TASK,
        title=phrase(gettext_lazy("Report returned: %(exam)s"), exam=request.item.name),
        body=why,
        url=reverse(READING_PAGE[group_of(request.modality)], args=[request.pk]),
        patient_id=request.patient_id,
    )
    return request


@transaction.atomic
def amend(*, by: Actor, request_id: UUID, version: int | None, reason: str) -> ExamRequest:
    """A reviewing doctor corrects a signed report (更正): a new draft begins; the signed versions stay."""
    request = REQUEST.fetch(by, "amend", request_id, lock=True)
    why = reason_given(reason)
    move(request, Event.AMEND, TRANSITIONS, version=version)
    last = Report.objects.filter(request=request).order_by("-version")[:1].get()
    request.save(update_fields=["status", "version"])
    Draft.objects.filter(request=request).update(
        findings=last.findings,
        impression=last.impression,
        advice=last.advice,
        outcome=last.outcome,
        critical_text=last.critical_text,
        writer=writer_id(by),
        amend_reason=why,
        returned_reason="",
        saved_at=clock.now(),
        version=request.draft.version + 1,
    )
    start_claim(request, writer_id(by))
    publish_step(by=by, request=request)
    audit.record(by=by, action="exam.amending", subject=request, patient=request.patient_id)
    return request
