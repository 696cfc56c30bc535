"""Who a record speaks of, held still for the rest of a transaction: neither a merge nor its undoing passes by."""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import connection

from kernel.database import prepared
from kernel.errors import OutOfReach

HOLD: Final = "SELECT person_id FROM emr_patient WHERE id = %s FOR SHARE"
DIED: Final = "SELECT deceased_at FROM emr_person WHERE id = %s"
"""A statement of its own: it sees what was committed while the first one waited."""
OWN: Final = """
SELECT o.id FROM emr_patient p JOIN emr_patient o ON o.person_id = p.person_id
WHERE p.id = %s AND o.organisation_id = %s ORDER BY o.id LIMIT 1
"""
WAIT: Final = "SELECT id FROM emr_patient WHERE person_id = %s ORDER BY id FOR NO KEY UPDATE"


def pinned(patient_id: UUID) -> tuple[UUID, datetime | None]:
    """The person of a record, and when she died. Until the transaction ends nobody points the record elsewhere."""
    with prepared.cursor() as cursor:
        cursor.execute(HOLD, [patient_id])
        row = cursor.fetchone()
        if row is None:
            raise OutOfReach(detail={"model": "emr.patient", "pk": str(patient_id)})
        cursor.execute(DIED, [row[0]])
        (deceased_at,) = cursor.fetchone()
    return row[0], deceased_at


def own_record(patient_id: UUID, organisation_id: UUID) -> UUID | None:
    """The record an institution keeps itself of the person of this record, the oldest; None when it has none."""
    with prepared.cursor() as cursor:
        cursor.execute(OWN, [patient_id, organisation_id])
        row = cursor.fetchone()
        return row[0] if row else None


def settled(person_id: UUID) -> list[UUID]:
    """Every record of a person, once whatever has pinned one of them is over."""
    with connection.cursor() as cursor:
        cursor.execute(WAIT, [person_id])
        return [pk for (pk,) in cursor.fetchall()]
