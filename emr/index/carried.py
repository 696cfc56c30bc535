"""What a sender says about a patient beside what the index keeps: its own numbers, contacts, language, …

It is kept with the Patient resource, version after version, and never overrules the index.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final
from uuid import UUID

from emr.index.fhir import ID_SYSTEM, MOTHER, Facts, local_system
from emr.repository import selectors as repository
from kernel.actor import Actor
from kernel.errors import DomainError

ELEMENTS: Final = (
    "address", "communication", "contact", "generalPractitioner", "maritalStatus", "multipleBirthBoolean",
    "multipleBirthInteger", "telecom",
)  # fmt: skip
"""Taken over where the index says nothing itself; extensions stand beside the index's own."""

Sent = tuple[Mapping[str, Any], UUID | None, UUID | None]
"""The resource, the record it corrects or None for a new one, the institution that sends it."""

_sent: ContextVar[Sent | None] = ContextVar("emr_index_sent", default=None)


@contextmanager
def beside(
    resource: Mapping[str, Any], *, patient_id: UUID | None, organisation_id: UUID | None
) -> Iterator[None]:
    """While this runs, this record (or the institution's new one) is the Patient this sender describes."""
    token = _sent.set((resource, patient_id, organisation_id))
    try:
        yield
    finally:
        _sent.reset(token)


def complete(resource: dict[str, Any], facts: Facts, *, new: bool = False) -> dict[str, Any]:
    """The index's Patient with what the sender, or the version before (none of a `new` one), said beside it."""
    other = _said(facts) or ({} if new else _before(facts))
    ours = {*ID_SYSTEM.values(), local_system(facts.organisation_id)}
    foreign = [one for one in other.get("identifier", ()) if one.get("system") not in ours]
    kept = {name: other[name] for name in ELEMENTS if name in other and name not in resource}
    also = [one for one in other.get("extension", ()) if one.get("url") != MOTHER]
    if extensions := [*resource.get("extension", ()), *also]:
        kept["extension"] = extensions
    return {**resource, "identifier": [*resource["identifier"], *foreign], **kept}


def _said(facts: Facts) -> Mapping[str, Any] | None:
    """What the sender says of just this record; the person's records elsewhere are not his to describe."""
    sent = _sent.get()
    if sent is None:
        return None
    resource, patient_id, organisation_id = sent
    own = facts.id == patient_id if patient_id else facts.organisation_id == organisation_id
    return resource if own else None


def _before(facts: Facts) -> Mapping[str, Any]:
    try:
        return repository.read(by=Actor.system("index"), kind="Patient", id=str(facts.id))
    except DomainError:
        return {}
