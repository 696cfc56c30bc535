"""Actors and small things of the floor for every test."""

import io
import time
from uuid import UUID, uuid4

from kernel import delivery, files
from kernel.actor import Actor, Kind
from kernel.models import AuditEntry, StoredFile


def make_actor(
    *roles: str, organisation: UUID | None = None, name: str = "wang", clearance: int = 4, **more: object
) -> Actor:
    """A member of staff who acts with `roles` at `organisation` (a fresh one when not given)."""
    place = organisation or uuid4()
    values: dict[str, object] = {
        "kind": Kind.STAFF,
        "name": name,
        "id": uuid4(),
        "display": name,
        "post": uuid4(),
        "organisation": place,
        "organisations": frozenset({place}),
        "roles": frozenset(roles),
        "clearance": clearance,
        "session": "s-1",
        "address": "192.0.2.10",
    }
    return Actor(**{**values, **more})  # type: ignore[arg-type]  # a test's own words


def make_file(
    data: bytes = b"%PDF-1.4 of a test", *, by: Actor | None = None, label: int = 3, name: str = "report.pdf"
) -> StoredFile:
    """A stored file with `data` in it."""
    return files.ingest(
        by=by or make_actor(),
        stream=io.BytesIO(data),
        name=name,
        content_type="application/pdf",
        limit=64 << 20,
        label=label,
    )


def audit_trail() -> list[tuple[str, str]]:
    """(actor, action) of every entry, in the order they were written."""
    return [(entry.actor_name, entry.action) for entry in AuditEntry.objects.order_by("id")]


def fanned() -> None:
    """Until every event has its deliveries: another database of the cluster may hold an older transaction."""
    for _attempt in range(200):
        delivery.fan_out()
        if not delivery.unfanned():
            return
        time.sleep(0.05)
