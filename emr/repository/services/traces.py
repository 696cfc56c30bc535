"""What every write leaves behind: one audit entry and one announcement per resource."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, cast

from django.db.models import Model

from emr.repository.events import ResourceStored
from emr.repository.models import Resource
from emr.repository.services.drafts import Draft
from kernel import audit, outbox
from kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class _Subject:
    """A resource as the audit record names it, without loading a row."""

    pk: str
    _meta: Any = Resource._meta


def subject_of(reference: str) -> _Subject:
    """A resource as the subject of an audit record, by its `Type/id`."""
    return _Subject(reference)


def trace(
    *, by: Actor, action: str, drafts: Sequence[Draft], owner: str = "", announced: bool = True
) -> None:
    """Record one write of `drafts` and, when `announced`, tell of each.

    The digest binds the entry to the bytes stored.
    """
    digest = sha256(b"".join(draft.stored for draft in drafts)).hexdigest()[:32]
    detail: dict[str, str | int | bool] = {"version": drafts[0].version, "digest": digest}
    if len(drafts) > 1:
        detail |= {"resources": len(drafts), "also": " ".join(draft.reference for draft in drafts[1:50])}
    if owner:
        detail["owner"] = owner
    patients = {draft.patient for draft in drafts if draft.patient}
    audit.record(
        by=by,
        action=action,
        subject=cast(Model, _Subject(drafts[0].reference)),
        patient=patients.pop() if len(patients) == 1 else None,
        detail=detail,
    )
    if not announced:
        return
    if len(drafts) == 1:
        outbox.emit(_event(drafts[0]))
    else:
        outbox.emit_all([_event(draft) for draft in drafts])


def _event(draft: Draft) -> ResourceStored:
    return ResourceStored(
        kind=draft.kind,
        id=draft.id,
        patient_id=str(draft.patient or ""),
        version=draft.version,
        owner=draft.managed_by,
        deleted=draft.resource is None,
    )
