"""What a sender says about a patient beside what the index keeps: its own numbers, contacts, language, …

It is kept with the Patient resource, version after version, and never overrules the index.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final

from emr.index.fhir import ID_SYSTEM, Facts, local_system
from emr.repository import selectors as repository
from kernel.actor import Actor
from kernel.errors import DomainError

ELEMENTS: Final = (
    "address", "communication", "contact", "extension", "generalPractitioner", "maritalStatus",
    "multipleBirthBoolean", "multipleBirthInteger", "telecom",
)  # fmt: skip
"""Taken over where the index says nothing itself."""

_sent: ContextVar[Mapping[str, Any] | None] = ContextVar("emr_index_sent", default=None)


@contextmanager
def beside(resource: Mapping[str, Any]) -> Iterator[None]:
    """While this runs, the Patient published is the one this sender describes."""
    token = _sent.set(resource)
    try:
        yield
    finally:
        _sent.reset(token)


def complete(resource: dict[str, Any], facts: Facts) -> dict[str, Any]:
    """The index's Patient with what the sender, or the version before, said beside it."""
    other = _sent.get() or _before(facts)
    ours = {*ID_SYSTEM.values(), local_system(facts.organisation_id)}
    foreign = [one for one in other.get("identifier", ()) if one.get("system") not in ours]
    kept = {name: other[name] for name in ELEMENTS if name in other and name not in resource}
    return {**resource, "identifier": [*resource["identifier"], *foreign], **kept}


def _before(facts: Facts) -> Mapping[str, Any]:
    try:
        return repository.read(by=Actor.system("index"), kind="Patient", id=str(facts.id))
    except DomainError:
        return {}
