"""Somebody looks at a recording: the record is opened and audited before the first sample is sent."""

from uuid import UUID

from django.db import transaction

from diagnostics import services as diagnostics_services
from ecg import selectors
from ecg.models import Recording
from ecg.policies import RECORDING
from emr.access import services as access
from kernel import audit
from kernel.actor import Actor


@transaction.atomic
def open_page(*, by: Actor, request_id: UUID) -> selectors.EcgPage:
    """The reading page of one request."""
    reading = diagnostics_services.open_reading(by=by, request_id=request_id)
    return selectors.page(by=by, reading=reading)


@transaction.atomic
def open_samples(*, by: Actor, recording_id: UUID) -> bytes:
    """The packed samples (gzip). Opens the patient's record; an unmatched recording is audited by itself."""
    recording = RECORDING.fetch(by, "view", recording_id)
    if recording.patient_id is not None:
        access.open_record(by=by, patient_id=recording.patient_id)
    else:
        audit.record(by=by, action="ecg.unmatched_opened", subject=recording)
    return bytes(recording.samples)


@transaction.atomic
def open_unmatched(*, by: Actor, recording_id: UUID, number: str = "") -> selectors.UnmatchedPage:
    """An unmatched recording with what its file says about the person, for the one who matches it.

    `number`: the request that is to be looked at beside it."""
    recording: Recording = RECORDING.fetch(by, "match", recording_id)
    audit.record(by=by, action="ecg.unmatched_opened", subject=recording)
    return selectors.unmatched_page(by=by, recording=recording, number=number)
