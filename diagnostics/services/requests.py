"""A doctor orders, a technologist registers, the material arrives, or the request is cancelled."""

from datetime import date, timedelta
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consortium import selectors as consortium
from consortium import services as consortium_services
from consortium.choices import NoticeLevel, Role
from diagnostics import events
from diagnostics.choices import (
    PREFIX,
    READING_PAGE,
    TRANSITIONS,
    WAITS_FOR_TECHNOLOGIST,
    Event,
    FeeState,
    MaterialKind,
    Priority,
    group_of,
)
from diagnostics.models import AccessionCounter, ExamItem, ExamRequest, Material
from diagnostics.policies import REQUEST
from diagnostics.services.publishing import publish_step
from emr.access import services as access
from emr.access.choices import Basis
from emr.index import selectors as index
from emr.repository import selectors as repository
from kernel import audit, clock, idempotency, ids, outbox
from kernel.actor import Actor
from kernel.errors import Conflict, Invalid
from kernel.said import phrase
from kernel.work import ORDER
from kernel.workflow import move


def next_accession(modality: str, day: date) -> str:
    """The next accession number, e.g. CT2611210083; the counter's row lock keeps it without gaps."""
    prefix = PREFIX.get(modality, modality)
    AccessionCounter.objects.bulk_create([AccessionCounter(prefix=prefix, day=day)], ignore_conflicts=True)
    counter = AccessionCounter.objects.select_for_update().get(prefix=prefix, day=day)
    counter.last += 1
    counter.save(update_fields=["last"])
    return f"{prefix}{day:%y%m%d}{counter.last:04d}"


def orderable(item_code: str, *, priority: str, fee_state: str, clinical_question: str) -> ExamItem:
    """The item, when everything needed to order it is there. Raises Invalid (422) naming each field."""
    item = ExamItem.objects.filter(code=item_code, active=True).order_by("pk").first()
    wrong = {}
    if item is None:
        wrong["item_code"] = _("Choose an exam from the list.")
    if priority not in Priority.values:
        wrong["priority"] = _("Choose how urgent it is.")
    if fee_state not in FeeState.values:
        wrong["fee_state"] = _("Say how the exam is paid.")
    if fee_state == FeeState.EMERGENCY and priority != Priority.EMERGENCY:
        wrong["fee_state"] = _("Only an emergency may be examined before it is paid.")
    if not clinical_question.strip():
        wrong["clinical_question"] = _("Write what the exam shall answer.")
    if wrong or item is None:
        raise Invalid(fields=wrong)
    return item


def orderer(by: Actor) -> tuple[UUID, UUID]:
    """Who orders and where. Raises Conflict (409): an exam is ordered by a person in a post, never by the house."""
    if by.id is None or by.organisation is None:
        raise Conflict(_("An exam is ordered by a person."), code="no_person")
    return by.id, by.organisation


@transaction.atomic
def request_exam(
    *,
    by: Actor,
    key: str,
    patient_id: UUID,
    encounter_id: UUID | None,
    item_code: str,
    priority: str,
    fee_state: str,
    clinical_question: str,
    centre_id: UUID | None = None,
) -> ExamRequest:
    """A doctor asks a centre (by default the head hospital) for an exam; the centre may open the record for it."""
    REQUEST.ask(by, "request")
    doctor_id, place_id = orderer(by)
    request_id = ids.uuid7()
    if earlier := idempotency.first(by=by, verb="diagnostics.request_exam", key=key, subject=request_id):
        return REQUEST.fetch(by, "view", earlier)
    item = orderable(item_code, priority=priority, fee_state=fee_state, clinical_question=clinical_question)
    access.open_record(by=by, patient_id=patient_id)
    same_patient(by, encounter_id, patient_id)
    now = clock.now()
    request = ExamRequest.objects.create(
        id=request_id,
        accession_number=next_accession(item.modality, clock.day_of(now)),
        patient_id=patient_id,
        encounter_id=encounter_id,
        item=item,
        modality=item.modality,
        source_id=place_id,
        centre_id=centre_id or consortium.head_hospital().pk,
        requester_id=doctor_id,
        requested_at=now,
        priority=priority,
        priority_rank=ORDER[priority],
        fee_state=fee_state,
        clinical_question=clinical_question.strip(),
    )
    open_for_centre(by=by, request=request)
    publish_step(by=by, request=request, content=True)
    audit.record(by=by, action="exam.requested", subject=request, patient=patient_id)
    outbox.emit(events.ExamRequested(request_id=str(request.pk)))
    return request


def same_patient(by: Actor, encounter_id: UUID | None, patient_id: UUID) -> None:
    """Raise OutOfReach (404) for an encounter that is not open to the actor, Invalid (422) for another person's."""
    if encounter_id is None:
        return
    encounter = repository.read(by=by, kind="Encounter", id=str(encounter_id))
    if not index.same_person(patient_id=patient_id, resource=encounter):
        raise Invalid(fields={"encounter_id": _("This encounter belongs to another patient.")})


def open_for_centre(*, by: Actor, request: ExamRequest) -> None:
    """The reading centre sees this patient's record while and after it reads."""
    access.open_ground(
        by=by,
        patient_id=request.patient_id,
        organisation_id=request.centre_id,
        basis=Basis.EXAM,
        source=f"exam:{request.pk}",
    )


@transaction.atomic
def register(*, by: Actor, request_id: UUID, version: int | None = None) -> ExamRequest:
    """The technologist takes the patient in for the exam (登记)."""
    request = REQUEST.fetch(by, "register", request_id, lock=True)
    move(request, Event.REGISTER, TRANSITIONS, version=version)
    request.registered_at, request.registered_by_id = clock.now(), by.id
    request.save(update_fields=["status", "version", "registered_at", "registered_by"])
    publish_step(by=by, request=request)
    audit.record(by=by, action="exam.registered", subject=request, patient=request.patient_id)
    return request


@transaction.atomic
def attach_material(*, by: Actor, request_id: UUID, kind: str, ref: UUID) -> ExamRequest:
    """A study or recording arrives. The first makes the request examined and starts its clock.

    The same material again changes nothing. Raises Conflict (409) when it belongs to another request or
    the request is cancelled.
    """
    request = REQUEST.fetch(by, "attach", request_id, lock=True)
    held = (
        Material.objects.filter(kind=MaterialKind(kind), ref=ref, withdrawn_at__isnull=True)
        .order_by("pk")
        .first()
    )
    if held is not None:
        return same_request(held, request)
    now = clock.now()
    if request.status in WAITS_FOR_TECHNOLOGIST or request.cancelled_at:
        move(request, Event.ATTACH, TRANSITIONS)
        start_clock(request)
    Material.objects.create(request=request, kind=kind, ref=ref, attached_at=now, attached_by=by.name)
    publish_step(by=by, request=request)
    audit.record(by=by, action="exam.material_attached", subject=request, patient=request.patient_id)
    outbox.emit(events.ExamExamined(request_id=str(request.pk)))
    tell_readers(by=by, request=request)
    return request


def same_request(held: Material, request: ExamRequest) -> ExamRequest:
    """Attaching twice is harmless; attaching elsewhere is not."""
    if held.request_id != request.pk:
        raise Conflict(_("This belongs to another request already."), code="material_elsewhere")
    return request


def start_clock(request: ExamRequest) -> None:
    """Save the state and the time until when the report is due."""
    limits = {
        Priority.EMERGENCY: request.item.minutes_emergency,
        Priority.URGENT: request.item.minutes_urgent,
        Priority.ROUTINE: request.item.minutes_routine,
    }
    request.examined_at = clock.now()
    request.due_at = request.examined_at + timedelta(minutes=limits[Priority(request.priority)])
    request.returned_reason = ""
    request.save(update_fields=["status", "version", "examined_at", "due_at", "returned_reason"])


def tell_readers(*, by: Actor, request: ExamRequest) -> None:
    """An emergency is announced to the centre's readers; everything else waits in the worklist."""
    if request.priority != Priority.EMERGENCY:
        return
    consortium_services.notify(
        by=by,
        key=f"exam-examined:{request.pk}:{request.version}",
        recipients=consortium_services.Recipients(role=Role.READER, organisation=request.centre_id),
        level=NoticeLevel.URGENT,
        title=phrase(gettext_lazy("Emergency exam waits for reading: %(exam)s"), exam=request.item.name),
        url=reverse(READING_PAGE[group_of(request.modality)], args=[request.pk]),
        patient_id=request.patient_id,
    )


@transaction.atomic
def cancel(*, by: Actor, request_id: UUID, version: int | None, reason: str) -> ExamRequest:
    """The requesting side withdraws a request that is not examined yet.

    Raises Conflict (409) where a report was signed on it, also while that is being corrected: it would stand for good.
    """
    request = REQUEST.fetch(by, "cancel", request_id, lock=True)
    if request.reports.exists():
        words = _("A report was signed on it: it is corrected, not withdrawn. Speak to the reading centre.")
        raise Conflict(words, code="reported")
    if not reason.strip():
        raise Invalid(fields={"reason": _("Say why.")})
    move(request, Event.CANCEL, TRANSITIONS, version=version)
    request.cancelled_at, request.cancelled_by_id, request.cancel_reason = clock.now(), by.id, reason.strip()
    request.save(update_fields=["status", "version", "cancelled_at", "cancelled_by", "cancel_reason"])
    access.close_ground(by=by, source=f"exam:{request.pk}")
    publish_step(by=by, request=request, content=True)
    audit.record(by=by, action="exam.cancelled", subject=request, patient=request.patient_id)
    outbox.emit(events.ExamCancelled(request_id=str(request.pk)))
    return request
