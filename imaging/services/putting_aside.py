"""What could not be filed is kept until a technologist has dealt with it."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from imaging.choices import Fault
from imaging.models import Quarantined
from imaging.policies import QUARANTINE
from imaging.services.arrivals import Arrival
from kernel import audit, clock, files, labels
from kernel.actor import Actor
from kernel.errors import Conflict, Invalid
from kernel.models import StoredFile


def stored_file(*, by: Actor, arrival: Arrival) -> StoredFile:
    """The arrival's bytes in the house's store, as they came."""
    name = f"{arrival.uid or 'object'}.dcm"
    with arrival.path.open("rb") as stream:
        return files.ingest(
            by=by,
            stream=stream,
            name=name,
            content_type="application/dicom",
            limit=arrival.size,
            label=labels.CARE,
        )


def put_aside(*, by: Actor, place: UUID, arrival: Arrival, fault: Fault) -> None:
    """Keep an object that cannot be filed; the same bytes again make no second row while the first is open."""
    if Quarantined.objects.filter(custodian=place, digest=arrival.digest, closed_at__isnull=True).exists():
        return
    row = Quarantined.objects.create(
        custodian_id=place,
        fault=fault,
        detail=arrival.detail[:300],
        uid=arrival.uid[:64],
        file=stored_file(by=by, arrival=arrival),
        size=arrival.size,
        digest=arrival.digest,
        way=arrival.way,
        source=arrival.source[:150],
        received_at=clock.now(),
    )
    audit.record(by=by, action="imaging.put_aside", subject=row, detail={"fault": str(fault)})


@transaction.atomic
def close_quarantined(*, by: Actor, quarantined_id: UUID, version: int, reason: str) -> Quarantined:
    """A technologist has dealt with an object put aside and says how. The bytes stay."""
    row = QUARANTINE.fetch(by, "close", quarantined_id, lock=True)
    if row.version != version or row.closed_at is not None:
        raise Conflict(code="version_conflict", detail={"version": row.version})
    if not reason.strip():
        raise Invalid(fields={"reason": _("Say what was done about it.")})
    row.closed_at, row.closed_by_id, row.closed_reason = clock.now(), by.id, reason.strip()[:300]
    row.version += 1
    row.save(update_fields=["closed_at", "closed_by", "closed_reason", "version"])
    audit.record(by=by, action="imaging.quarantine_closed", subject=row, detail={"fault": row.fault})
    return row
