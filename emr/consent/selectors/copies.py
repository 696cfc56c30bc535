"""The copy a person gets: every resource as it is stored, and the same to read."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from emr.chart import selectors as chart
from emr.chart.selectors import Document, Summary
from emr.index.selectors import PatientCard, card
from emr.repository import selectors as repository
from kernel import clock
from kernel.actor import Actor
from kernel.exports import Stamp


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy of a record. `bundle`: FHIR R4, the stored bytes; `partial`: something is above the exporter's
    clearance and is to be added by somebody who may see it."""

    card: PatientCard
    stamp: Stamp
    made_at: datetime
    bundle: bytes
    resources: int
    summary: Summary
    documents: tuple[Document, ...]
    partial: bool


def copy(*, by: Actor, patient_id: UUID, stamp: Stamp) -> Copy:
    """All that is open to `by` of this person. The verb that asks has recorded why."""
    now = clock.now()
    rows = repository.whole_of(by=by, patient_id=patient_id)
    return Copy(
        card=card(by=by, patient_id=patient_id),
        stamp=stamp,
        made_at=now,
        bundle=_bundle(now, [row.content for row in rows]),
        resources=len(rows),
        summary=chart.summary(by=by, patient_id=patient_id),
        documents=tuple(chart.documents(by=by, patient_id=patient_id, limit=200)),
        partial=repository.withheld(by=by, patient_id=patient_id),
    )


def _bundle(at: datetime, contents: list[bytes]) -> bytes:
    """A collection of the stored bytes, none of them written anew."""
    head = b'{"resourceType":"Bundle","type":"collection","timestamp":"' + at.isoformat().encode()
    entries = b",".join(b'{"resource":' + one + b"}" for one in contents)
    return head + (b'","entry":[' + entries + b"]}" if contents else b'"}')
