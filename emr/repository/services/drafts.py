"""From a resource to its row: id and meta set once, search values taken, label inherited, bytes sealed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from emr.access import selectors as access
from emr.repository import sealing, selectors
from emr.repository.choices import CONFIDENTIALITY, CONFIDENTIALITY_SYSTEM, OUTSIDE_LABELS
from emr.repository.engine import dates, jsonio
from emr.repository.engine.extract import Values, values_of
from emr.repository.engine.spelling import spellings
from kernel import clock, labels

_META: Final = ("versionId", "lastUpdated")


@dataclass(slots=True)
class Draft:
    """A version about to be stored. `version` is 1 for a new resource; `resource` None is a tombstone."""

    kind: str
    id: str
    resource: Mapping[str, Any] | None
    patient: UUID | None = None
    custodian: UUID | None = None
    label: int = labels.CARE
    categories: tuple[str, ...] = ()
    managed_by: str = ""
    version: int = 1
    content: bytes = b""
    stored: bytes = b""
    values: Values = field(default_factory=Values)

    @property
    def reference(self) -> str:
        return f"{self.kind}/{self.id}"


def moment() -> datetime:
    """Now, as exact as meta.lastUpdated says it (milliseconds), so that `_lastUpdated` finds what it reads."""
    now = clock.now()
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


def confidentiality(resource: Mapping[str, Any]) -> int:
    """The label the sender asks for through meta.security, at least ordinary care."""
    meta = resource.get("meta")
    marks = meta.get("security") if isinstance(meta, Mapping) else None
    asked = [
        CONFIDENTIALITY.get(mark.get("code"), labels.CARE)
        for mark in marks or ()
        if mark.get("system") == CONFIDENTIALITY_SYSTEM
    ]
    return labels.highest(asked)


def serialise(draft: Draft, updated: datetime) -> bytes:
    """The bytes to serve: resourceType, id and meta first, the rest as it came."""
    resource = draft.resource or {}
    given = resource.get("meta") or {}
    meta = {"versionId": str(draft.version), "lastUpdated": dates.stamp(updated)}
    meta.update((name, value) for name, value in given.items() if name not in _META)
    document = {"resourceType": draft.kind, "id": draft.id, "meta": meta}
    document.update((name, value) for name, value in resource.items() if name not in document)
    return jsonio.dumps(document)


def complete(drafts: Sequence[Draft], updated: datetime) -> None:
    """Fill search values, labels and bytes of all drafts. One statement at most, for labels of what they name."""
    rules = access.rules()
    for draft in drafts:
        if draft.resource is not None:
            draft.values = values_of(
                {**draft.resource, "id": draft.id}, sealing.hasher(draft.kind), spellings
            )
            draft.patient = draft.patient or _uuid(draft.values.patient)
            draft.content = serialise(draft, updated)
            if draft.kind not in OUTSIDE_LABELS:
                _mark(draft, rules.of(draft.resource, draft.content))
    _inherit_labels(drafts)
    for draft in drafts:
        if draft.resource is not None:
            draft.stored = sealing.close(draft.kind, draft.id, draft.label, draft.content)


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


def _mark(draft: Draft, mark: tuple[int, tuple[str, ...]]) -> None:
    """What the table of specially protected data says of the resource itself."""
    label, categories = mark
    draft.label = max(draft.label, label)
    if categories:
        draft.categories = tuple(sorted({*draft.categories, *categories}))


def _inherit_labels(drafts: Sequence[Draft]) -> None:
    """A label passes on to what refers to a labelled resource (never from the person's own row)."""
    named = {
        draft.reference: told
        for draft in drafts
        if draft.kind not in OUTSIDE_LABELS and (told := _telling(draft))
    }
    if not named:  # a measurement names its patient and nothing else
        return
    within = {(draft.kind, draft.id): draft for draft in drafts}
    outside = {target for targets in named.values() for target in targets if target not in within}
    known = selectors.labels_above_care(outside)
    changed = True
    while changed:
        changed = False
        for draft in drafts:
            for target in named.get(draft.reference, ()):
                inside = within[target].label if target in within else 0
                if (label := max(known.get(target, 0), inside)) > draft.label:
                    draft.label, changed = label, True


def _telling(draft: Draft) -> list[tuple[str, str]]:
    """What the draft refers to and may tell something of: not persons and places."""
    return [target for target in draft.values.linked if target[0] not in OUTSIDE_LABELS]
