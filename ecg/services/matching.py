"""A recording finds its request: at once, or later from the queue of unmatched ones."""

from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from consortium import services as consortium_services
from consortium.choices import NoticeLevel, Role
from diagnostics import selectors as diagnostics
from diagnostics import services as diagnostics_services
from diagnostics.choices import Group, MaterialKind, group_of
from ecg import fhir
from ecg.choices import Queue
from ecg.models import Recording
from ecg.policies import RECORDING
from emr.repository import services as repository
from kernel import audit
from kernel.actor import Actor
from kernel.errors import Conflict, Invalid

OWNER = "ecg"


@transaction.atomic
def match(*, by: Actor, recording_id: UUID, version: int | None, accession_number: str) -> Recording:
    """Somebody says which request an unmatched recording belongs to, by its accession number (归属)."""
    recording = RECORDING.fetch(by, "match", recording_id)
    if version is not None and recording.version != version:
        raise Conflict(code="version_conflict")
    found = diagnostics.by_accession(by=by, accession_number=accession_number)
    if found is None or group_of(found.modality) != Group.ECG:
        raise Invalid(fields={"accession_number": _("No ECG request has this number.")})
    return bind(by=by, recording_id=recording.pk, request_id=found.pk)


@transaction.atomic
def bind(*, by: Actor, recording_id: UUID, request_id: UUID) -> Recording:
    """Give a waiting recording to a request. Raises Conflict (409) when somebody was faster."""
    recording = RECORDING.fetch(by, "match", recording_id, lock=True)
    if recording.request_id is not None:
        raise Conflict(_("Somebody has matched this recording already."), code="already_matched")
    attach(by=by, recording=recording, request_id=request_id)
    audit.record(by=by, action="ecg.matched", subject=recording, patient=recording.patient_id)
    return recording


@transaction.atomic
def take_back(*, by: Actor, recording_id: UUID, request_id: UUID, reason: str) -> Recording:
    """The recording is not this request's (撤回归属): it waits in the queue again and leaves the patient's record.

    What was published of it is marked as entered in error, a red one alarms again. Raises Conflict (409) when it
    was taken back meanwhile or a signed report stands on it.
    """
    recording = RECORDING.fetch(by, "take_back", recording_id, lock=True)
    if recording.request_id != request_id:
        raise Conflict(_("It does not belong to this request any more."), code="taken_back")
    request = diagnostics_services.detach_material(
        by=by, request_id=request_id, kind=MaterialKind.ECG_RECORDING, ref=recording.pk, reason=reason
    )
    publish(by=by, recording=recording, custodian=request.source_id, status="entered-in-error")
    recording.request_id = recording.patient_id = None
    recording.version += 1
    recording.save(update_fields=["request", "patient", "version"])
    detail = {"request": str(request.pk)}
    audit.record(by=by, action="ecg.taken_back", subject=recording, patient=request.patient_id, detail=detail)
    tell_readers(by=by, recording=recording)
    return recording


def attach(*, by: Actor, recording: Recording, request_id: UUID) -> None:
    """Hand the recording to its request and publish it, inside the caller's transaction."""
    request = diagnostics_services.attach_material(
        by=by, request_id=request_id, kind=MaterialKind.ECG_RECORDING, ref=recording.pk
    )
    if group_of(request.modality) != Group.ECG:
        raise Invalid(_("This request is not for an ECG."), code="not_an_ecg_request")
    recording.request_id, recording.patient_id = request.pk, request.patient_id
    recording.centre_id = request.centre_id
    recording.version += 1
    recording.save(update_fields=["request", "patient", "centre", "version"])
    publish(by=by, recording=recording, custodian=request.source_id)


def publish(*, by: Actor, recording: Recording, custodian: UUID, status: str = "preliminary") -> None:
    """Tell the repository of the recording, as the patient's it belongs to now."""
    address = reverse("ecg:samples", args=[recording.pk])
    resource = fhir.observation(recording, address, status)
    outgoing = repository.Outgoing(resource=resource, patient=recording.patient_id, custodian=custodian)
    repository.publish(by=by, owner=OWNER, resources=[outgoing])


def tell_readers(*, by: Actor, recording: Recording) -> None:
    """A red recording is announced to the centre's readers at once, matched or not."""
    if recording.queue != Queue.RED:
        return
    page = (
        reverse("ecg:read", args=[recording.request_id])
        if recording.request_id
        else reverse("ecg:unmatched_recording", args=[recording.pk])
    )
    for role in (Role.READER, Role.REVIEWING_READER):
        consortium_services.notify(
            by=by,
            key=f"ecg-red:{recording.pk}:{recording.version}:{role}",
            recipients=consortium_services.Recipients(role=role, organisation=recording.centre_id),
            level=NoticeLevel.URGENT,
            title=_("ECG with a critical warning waits for reading"),
            url=page,
            patient_id=recording.patient_id,
        )
