"""Who opened a record, for who may read it."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from emr.access.models import Opening

MOST = 200


def openings(*, patient_id: UUID, organisations: Iterable[UUID], since: datetime) -> list[Opening]:
    """Openings of the person's records by people of these institutions since then, oldest first; one statement."""
    rows = Opening.objects.filter(
        patient__person__patients=patient_id, organisation_id__in=list(organisations), opened_at__gte=since
    )
    return list(rows.order_by("opened_at", "pk")[:MOST])
