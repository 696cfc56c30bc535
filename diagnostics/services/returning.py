"""What was made for a request goes back: made again by the branch, or taken off because it is another person's."""

from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consortium import services as consortium_services
from consortium.choices import NoticeLevel, Role
from diagnostics import events
from diagnostics.choices import READING_PAGE, REPORTED, TRANSITIONS, Event, MaterialKind, Status, group_of
from diagnostics.models import Draft, ExamRequest
from diagnostics.policies import REQUEST
from diagnostics.services.publishing import publish_step
from diagnostics.services.reading import end_claim, held_claim, live_claim, reason_given
from kernel import audit, clock, outbox
from kernel.actor import Actor
from kernel.errors import Conflict
from kernel.said import phrase
from kernel.workflow import move


@transaction.atomic
def retake(*, by: Actor, request_id: UUID, reason: str, version: int | None = None) -> ExamRequest:
    """Recording or images cannot be read: the branch makes them again (退回重采). The old material is withdrawn."""
    request = REQUEST.fetch(by, "retake", request_id, lock=True)
    why = reason_given(reason)
    if request.status != Status.EXAMINED:
        held_claim(by, request)
    move(request, Event.RETAKE, TRANSITIONS, version=version)
    request.materials.filter(withdrawn_at__isnull=True).update(withdrawn_at=clock.now())
    _return(by=by, request=request, why=why)
    audit.record(by=by, action="exam.retake_asked", subject=request, patient=request.patient_id)
    return request


@transaction.atomic
def detach_material(*, by: Actor, request_id: UUID, kind: str, ref: UUID, reason: str) -> ExamRequest:
    """A study or recording is another person's: it leaves the request it was given to (撤回归属).

    When nothing is left to read the request waits for its exam again, and what was written about the wrong
    recording is cleared: nobody shall sign it over the right one. Its writer is told. Raises Conflict (409) while
    a signed report stands on it, Invalid (422) without a reason.
    """
    request = REQUEST.fetch(by, "detach", request_id, lock=True)
    why = reason_given(reason)
    if request.status in REPORTED:
        raise Conflict(
            _("A report was signed on it: a reviewing reader begins its correction first."), code="reported"
        )
    live = request.materials.filter(withdrawn_at__isnull=True)
    taken = live.filter(kind=MaterialKind(kind), ref=ref).update(withdrawn_at=clock.now())
    if taken and not live.exists():
        _tell_writer(by=by, request=request, why=why)
        move(request, Event.TAKE_BACK, TRANSITIONS)
        _clear(request)
        _return(by=by, request=request, why=why)
    audit.record(by=by, action="exam.material_taken_back", subject=request, patient=request.patient_id)
    return request


def _return(*, by: Actor, request: ExamRequest, why: str) -> None:
    """The request, already moved, waits for its exam again; its clock stops and the branch is told."""
    request.examined_at, request.due_at, request.returned_reason = None, None, why
    request.save(update_fields=["status", "version", "examined_at", "due_at", "returned_reason"])
    end_claim(request, why)
    publish_step(by=by, request=request)
    outbox.emit(events.ExamReturned(request_id=str(request.pk)))
    tell_source(by=by, request=request, why=why)


def _clear(request: ExamRequest) -> None:
    Draft.objects.filter(request=request).update(
        findings="", impression="", advice="", outcome="", critical_text="", version=F("version") + 1
    )


def _tell_writer(*, by: Actor, request: ExamRequest, why: str) -> None:
    """Whoever reads or has written, when it is somebody else who takes the material away."""
    claim = live_claim(request)
    draft = Draft.objects.filter(request=request).order_by("pk").first()
    people = {claim.reader_id if claim else None, draft.writer_id if draft else None} - {None, by.id}
    consortium_services.notify(
        by=by,
        key=f"exam-taken-back:{request.pk}:{request.version}",
        recipients=consortium_services.Recipients(staff=tuple(one for one in people if one)),
        level=NoticeLevel.TASK,
        title=phrase(gettext_lazy("Not this patient's, taken back: %(exam)s"), exam=request.item.name),
        body=why,
        url=reverse(READING_PAGE[group_of(request.modality)], args=[request.pk]),
        patient_id=request.patient_id,
    )


def tell_source(*, by: Actor, request: ExamRequest, why: str) -> None:
    """The requester and the technologists of the requesting institution hear that it must be made again."""
    consortium_services.notify(
        by=by,
        key=f"exam-retake:{request.pk}:{request.version}",
        recipients=consortium_services.Recipients(
            staff=(request.requester_id,), role=Role.TECHNOLOGIST, organisation=request.source_id
        ),
        level=NoticeLevel.TASK,
        title=phrase(gettext_lazy("Please make it again: %(exam)s"), exam=request.item.name),
        body=why,
        url=reverse("diagnostics:order", args=[request.pk]),
        patient_id=request.patient_id,
    )
