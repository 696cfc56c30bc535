"""A person asks for a copy, a correction, a restriction or erasure of her data; the answer has a day it is due."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from consortium import selectors as consortium
from emr.access import services as access
from emr.consent import selectors
from emr.consent.choices import (
    ANSWER_WITHIN,
    RETENTION_LAW,
    Giver,
    RequestKind,
    RequestStatus,
)
from emr.consent.engine.days import working_days_after
from emr.consent.models import PersonRequest
from emr.consent.policies import AGREEMENTS, REQUEST
from kernel import audit, clock, exports, idempotency, ids
from kernel.actor import Actor
from kernel.errors import Conflict, Invalid

ANSWER_AT_LEAST = 10


@transaction.atomic
def receive(*, by: Actor, key: str, patient_id: UUID, kind: str, giver: str, text: str) -> PersonRequest:
    """Take a request in; its answer is due in 15 working days. Erasure is refused at once, with the law."""
    patient = AGREEMENTS.fetch(by, "request", patient_id)
    pk = ids.uuid7()
    if done := idempotency.first(by=by, verb="request.receive", key=key, subject=pk):
        return PersonRequest.objects.get(pk=done)
    if kind != RequestKind.COPY and not text.strip():
        raise Invalid(fields={"text": _("Write what the person asks for.")})
    now = clock.now()
    row = PersonRequest.objects.create(
        id=pk,
        patient=patient,
        organisation_id=patient.organisation_id,
        kind=RequestKind(kind),
        giver=Giver(giver),
        text=text.strip()[:500],
        received_at=now,
        received_by=by.display or by.name,
        due_date=working_days_after(clock.day_of(now), ANSWER_WITHIN),
    )
    audit.record(
        by=by, action="request.received", subject=row, patient=patient.pk, detail={"kind": str(row.kind)}
    )
    if row.kind == RequestKind.ERASE:
        _settle(by, row, RequestStatus.REFUSED, str(RETENTION_LAW))
    return row


@transaction.atomic
def answer(*, by: Actor, request_id: UUID, version: int, granted: bool, text: str) -> PersonRequest:
    """Answer in words; a granted restriction is in force from here on. Raises Conflict when it is answered."""
    row = REQUEST.fetch(by, "answer", request_id, lock=True)
    if row.version != version or row.status != RequestStatus.OPEN:
        raise Conflict(code="version_conflict")
    if len(text.strip()) < ANSWER_AT_LEAST:
        raise Invalid(fields={"text": _("Write the answer the person gets, in a full sentence.")})
    if granted and row.kind == RequestKind.RESTRICT:
        access.restrict(by=by, patient_id=row.patient_id, source=f"request:{row.pk}")
    return _settle(by, row, RequestStatus.GRANTED if granted else RequestStatus.REFUSED, text.strip())


@transaction.atomic
def lift(*, by: Actor, request_id: UUID, version: int) -> PersonRequest:
    """The person no longer wants the restriction she was granted."""
    row = REQUEST.fetch(by, "answer", request_id, lock=True)
    if row.version != version or not access.lift_restriction(by=by, source=f"request:{row.pk}"):
        raise Conflict(code="version_conflict")
    row.version += 1
    row.save(update_fields=["version"])
    audit.record(by=by, action="request.lifted", subject=row, patient=row.patient_id)
    return row


def _settle(by: Actor, row: PersonRequest, status: RequestStatus, words: str) -> PersonRequest:
    row.status, row.answer = status, words[:2000]
    row.answered_at, row.answered_by, row.version = clock.now(), by.display or by.name, row.version + 1
    row.save(update_fields=["status", "answer", "answered_at", "answered_by", "version"])
    detail = {"kind": str(row.kind), "status": str(status)}
    audit.record(by=by, action="request.answered", subject=row, patient=row.patient_id, detail=detail)
    return row


@transaction.atomic
def export(*, by: Actor, request_id: UUID, purpose: str) -> selectors.Copy:
    """The person's record as she gets it: FHIR Bundle and readable words, as far as it is open to the exporter.

    Asks for a fresh proof and a purpose, opens the record on its basis, leaves both traces. Raises StepUpNeeded,
    Invalid without a purpose, Conflict for a request that is not one for a copy or was refused.
    """
    row = REQUEST.fetch(by, "export", request_id, lock=True)
    if row.kind != RequestKind.COPY or row.status == RequestStatus.REFUSED:
        raise Conflict(_("There is no copy to make for this request."), code="no_copy")
    place = consortium.organisation_name(by.organisation)
    stamp = exports.begin(
        by=by,
        what="record",
        purpose=purpose,
        place=place,
        patient=row.patient_id,
        detail={"request": str(row.pk)},
    )
    access.open_record(by=by, patient_id=row.patient_id, purpose="copy")
    row.exported_at = clock.now()
    row.save(update_fields=["exported_at"])
    audit.record(by=by, action="request.exported", subject=row, patient=row.patient_id)
    return selectors.copy(by=by, patient_id=row.patient_id, stamp=stamp)
