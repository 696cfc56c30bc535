"""A recording arrives: read, measured, judged, kept; matched to its request or put into the queue."""

import io
import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, BinaryIO
from uuid import UUID

from django.db import IntegrityError, transaction

from consortium import selectors as consortium
from diagnostics import selectors as diagnostics
from ecg import events, selectors
from ecg.choices import REFUSALS, Queue
from ecg.engine import compact, readers
from ecg.engine.measure import Measured, analyse
from ecg.engine.record import MAX_BYTES, Record, UnreadableEcg, digest
from ecg.engine.rules import Alert, triage
from ecg.models import Recording
from ecg.policies import RECORDING
from ecg.services.matching import attach, bind, tell_readers
from kernel import audit, clock, crypto, files, ids, outbox
from kernel.actor import Actor
from kernel.errors import Conflict, DomainError, Invalid, TooLarge, UnsupportedContent

STATUS: dict[str, type[DomainError]] = {"too_large": TooLarge, "not_ecg": UnsupportedContent}
"""What a code of the engine becomes at the edge; every other code is Invalid (422)."""


@dataclass(frozen=True, slots=True)
class Computed:
    """Everything that costs time, done before the transaction begins."""

    record: Record
    measured: Measured
    alerts: tuple[Alert, ...]
    rule_version: str
    packed: bytes

    @property
    def queue(self) -> Queue:
        if any(alert.critical for alert in self.alerts):
            return Queue.RED
        return Queue.YELLOW if self.alerts else Queue.NORMAL


def receive(
    *, by: Actor, stream: BinaryIO, name: str, content_type: str, request_id: UUID | None = None
) -> Recording:
    """Take in one file. The same bytes again are the same recording.

    Without `request_id` the accession number in the file names the request; where that fails the recording
    waits in the unmatched queue. Raises TooLarge (413), UnsupportedContent (415) or Invalid (422) with nothing
    kept, Conflict (409) when the recording belongs to another request.
    """
    RECORDING.ask(by, "receive")
    data = taken(stream)
    if (held := kept(data)) is not None:
        return again(by=by, recording=held, request_id=request_id)
    computed = compute(data)
    try:
        with transaction.atomic():
            return keep(
                by=by, data=data, computed=computed, name=name, kind=content_type, request_id=request_id
            )
    except IntegrityError:
        if (held := kept(data)) is None:
            raise
        return again(by=by, recording=held, request_id=request_id)


def taken(stream: BinaryIO) -> bytes:
    """The bytes, at most MAX_BYTES of them."""
    data = stream.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise TooLarge(REFUSALS["too_large"], detail={"limit": MAX_BYTES})
    return data


def kept(data: bytes) -> Recording | None:
    return Recording.objects.filter(sha256=digest(data)).order_by("pk").first()


def compute(data: bytes) -> Computed:
    """Read, measure, judge, pack. The engine's refusal becomes a sentence."""
    try:
        record = readers.read(data)
    except UnreadableEcg as error:
        kind = STATUS.get(error.code, Invalid)
        raise kind(REFUSALS[error.code], code=error.code, detail={"why": error.detail}) from error
    measured, thresholds = analyse(record), selectors.thresholds()
    packed = compact.pack(leads=record.leads, samples=record.samples, lsb=record.lsb, rate=record.rate)
    return Computed(record, measured, triage(measured, thresholds), thresholds.version, packed)


@transaction.atomic
def again(*, by: Actor, recording: Recording, request_id: UUID | None) -> Recording:
    """The same bytes came before: match them now if they wait, refuse if they belong elsewhere."""
    if request_id is None or recording.request_id == request_id:
        audit.record(by=by, action="ecg.received_again", subject=recording, patient=recording.patient_id)
        return recording
    if recording.request_id is not None:
        raise Conflict(selectors.ELSEWHERE, code="recording_elsewhere")
    return bind(by=by, recording_id=recording.pk, request_id=request_id)


def keep(
    *, by: Actor, data: bytes, computed: Computed, name: str, kind: str, request_id: UUID | None
) -> Recording:
    """File, row, request, Observation and alarm: all or none."""
    said = computed.record.said
    if request_id is None and said.accession_number:
        found = diagnostics.by_accession(by=by, accession_number=said.accession_number)
        request_id = found.pk if found is not None else None
    pk = ids.uuid7()
    stored = files.ingest(by=by, stream=io.BytesIO(data), name=name, content_type=kind, limit=MAX_BYTES)
    recording = Recording(
        id=pk,
        file=stored,
        organisation_id=by.organisation or consortium.head_hospital().pk,
        centre_id=consortium.head_hospital().pk,
        said_sealed=crypto.seal("ecg_recording.said", pk, identity(computed.record)),
        accession_number=said.accession_number[:32],
        received_at=clock.now(),
        received_by=by.name,
        **columns(computed),
    )
    recording.save(force_insert=True)
    audit.record(by=by, action="ecg.received", subject=recording, detail={"queue": int(computed.queue)})
    if request_id is not None:
        attach(by=by, recording=recording, request_id=request_id)
    tell_readers(by=by, recording=recording)
    outbox.emit(
        events.RecordingReceived(
            recording_id=str(recording.pk),
            request_id=str(recording.request_id or ""),
            queue=int(computed.queue),
        )
    )
    return recording


def columns(computed: Computed) -> dict[str, Any]:
    record = computed.record
    return {
        "sha256": record.sha256,
        "format": record.format,
        "device": device(record),
        "recorded_at": county_time(record.said.recorded_at),
        "leads": list(record.leads),
        "rate": record.rate,
        "lsb": record.lsb,
        "seconds": record.seconds,
        "samples": computed.packed,
        "measured": computed.measured.as_dict(),
        "alerts": [alert.as_dict() for alert in computed.alerts],
        "queue": computed.queue,
        "rule_version": computed.rule_version,
    }


def identity(record: Record) -> str:
    """What the file says about the person, to be sealed."""
    said = record.said
    names = ("patient_id", "patient_name", "sex", "birth_date")
    return json.dumps({name: getattr(said, name) for name in names}, ensure_ascii=False)


def device(record: Record) -> dict[str, Any]:
    """The cart, its filters, its numbers and statements; nothing about the person."""
    said = asdict(record.said)
    names = (
        "manufacturer",
        "model",
        "serial_number",
        "high_pass",
        "low_pass",
        "notch",
        "measurements",
        "statements",
    )
    return {name: said[name] for name in names} | {"derived": list(record.derived)}


def county_time(moment: datetime | None) -> datetime | None:
    """Carts give the county's local time; one that lies in the future is not believed."""
    if moment is None:
        return None
    aware = moment.replace(tzinfo=clock.COUNTY)
    return aware if aware <= clock.now() else None
