"""Grounds are opened and closed, restrictions set and lifted."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from emr.access.choices import Basis
from emr.access.models import Ground, Restriction
from kernel import audit, clock, labels
from kernel.actor import Actor
from kernel.database.joining import joined


@transaction.atomic
def open_ground(
    *,
    by: Actor,
    patient_id: UUID,
    organisation_id: UUID,
    basis: Basis,
    source: str,
    until: datetime | None = None,
    label: int = labels.IDENTITY,
    department_id: UUID | None = None,
    staff_id: UUID | None = None,
    since: datetime | None = None,
    purpose: str = "",
    note: str = "",
) -> Ground:
    """Write down why `organisation_id` may read the person's records until `until`, named by `source`.

    From `since` (default now), for `purpose` alone when one is named.

    The same source again is the same ground: its end, department and label are brought up to date and a closed
    one is opened again. Called by the verb that makes the ground true, inside its transaction.
    """
    fields: dict[str, Any] = {
        "patient_id": patient_id,
        "organisation_id": organisation_id,
        "department_id": department_id,
        "staff_id": staff_id,
        "basis": basis,
        "label": label,
        "until_at": until,
        "closed_at": None,
        "purpose": purpose,
        "note": note[:200],
    }
    if since:
        fields["opened_at"] = since
    ground, fresh = Ground.objects.update_or_create(
        source=source, defaults=fields, create_defaults={"opened_at": clock.now(), **fields}
    )
    detail: dict[str, str | int | bool] = {
        "basis": str(basis),
        "organisation": str(organisation_id),
        "fresh": fresh,
    }
    audit.record(by=by, action="access.ground_opened", subject=ground, patient=patient_id, detail=detail)
    return ground


@joined
def open_grounds(*, by: Actor, patient_id: UUID, grounds: Mapping[str, Mapping[str, Any]]) -> list[Ground]:
    """Several grounds of one workflow by their sources, each with what `open_ground` takes beside the patient.

    For a workflow that holds the lock of the row its sources are named after: nobody opens the same source at this
    moment. Two statements for new ones.
    """
    rows = Ground.objects.select_for_update().filter(source__in=sorted(grounds)).order_by("source")
    standing = {row.source: row for row in rows}
    opened, fresh = [], []
    for source, said in grounds.items():
        row = standing.get(source) or Ground(source=source, opened_at=clock.now())
        row.patient_id, row.closed_at, row.until_at = patient_id, None, said.get("until")
        for name in ("organisation_id", "department_id", "staff_id", "basis"):
            setattr(row, name, said.get(name))
        row.label = said.get("label", labels.IDENTITY)
        row.purpose, row.note = said.get("purpose", ""), said.get("note", "")[:200]
        opened.append(row)
        if source in standing:
            row.save()
        else:
            fresh.append(row)
    Ground.objects.bulk_create(fresh)
    for row in opened:
        detail: dict[str, str | int | bool] = {
            "basis": str(row.basis),
            "organisation": str(row.organisation_id),
            "fresh": row.source not in standing,
        }
        audit.record(by=by, action="access.ground_opened", subject=row, patient=patient_id, detail=detail)
    return opened


@joined
def close_ground(*, by: Actor, source: str) -> bool:
    """End what `source` opened. False when nothing was open; what rests on other grounds stays open."""
    ground = Ground.objects.select_for_update().filter(source=source, closed_at__isnull=True).first()
    if ground is None:
        return False
    ground.closed_at = clock.now()
    ground.save(update_fields=["closed_at"])
    audit.record(by=by, action="access.ground_closed", subject=ground, patient=ground.patient_id)
    return True


@transaction.atomic
def close_grounds(*, by: Actor, prefix: str) -> int:
    """End all that sources beginning with `prefix` opened; how many."""
    found = Ground.objects.filter(source__startswith=prefix, closed_at__isnull=True).order_by("pk")
    return sum(close_ground(by=by, source=source) for source in list(found.values_list("source", flat=True)))


@transaction.atomic
def restrict(
    *,
    by: Actor,
    patient_id: UUID,
    source: str,
    organisation_id: UUID | None = None,
    label: int = labels.PUBLIC,
) -> Restriction:
    """Keep the person's rows of `label` and above from `organisation_id`, or from all but their custodian."""
    row, _fresh = Restriction.objects.update_or_create(
        source=source,
        defaults={
            "patient_id": patient_id,
            "organisation_id": organisation_id,
            "label": label,
            "closed_at": None,
        },
        create_defaults={
            "patient_id": patient_id,
            "organisation_id": organisation_id,
            "label": label,
            "opened_at": clock.now(),
        },
    )
    audit.record(by=by, action="access.restricted", subject=row, patient=patient_id, detail={"label": label})
    return row


@transaction.atomic
def lift_restriction(*, by: Actor, source: str) -> bool:
    """End a restriction. False when none was in force."""
    row = Restriction.objects.select_for_update().filter(source=source, closed_at__isnull=True).first()
    if row is None:
        return False
    row.closed_at = clock.now()
    row.save(update_fields=["closed_at"])
    audit.record(by=by, action="access.restriction_lifted", subject=row, patient=row.patient_id)
    return True
