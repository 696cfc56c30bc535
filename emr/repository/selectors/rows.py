"""Single resources, their versions, and all of a patient, each under the one `visible()` rule."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from emr.access import selectors as access
from emr.repository import sealing, sql
from emr.repository.engine import jsonio
from kernel import labels
from kernel.actor import Actor
from kernel.errors import Gone, OutOfReach

ROW: Final = "r.kind, r.id, r.version, r.updated, r.deleted, r.patient_id, r.label, r.content"


@dataclass(frozen=True, slots=True)
class Row:
    """One version as it is served: `content` are its bytes, unsealed; a tombstone has none."""

    kind: str
    id: str
    version: int
    updated: datetime
    deleted: bool
    patient: UUID | None
    label: int
    content: bytes

    @classmethod
    def of(cls, row: tuple[Any, ...]) -> "Row":
        kind, id_, version, updated, deleted, patient, label, stored = row[:8]
        content = sealing.open_(kind, id_, label, bytes(stored))
        return cls(kind, id_, version, updated, deleted, patient, label, content)


def literal(kind: str) -> str:
    """The kind as it stands in SQL: as a constant, so that the plan is made once and for one partition."""
    if not kind.isascii() or not kind.isalpha():
        raise _absent(kind, "")
    return f"'{kind}'"


def _absent(kind: str, id_: str) -> OutOfReach:
    return OutOfReach(detail={"action": "repository.read", "model": "emr.resource", "pk": f"{kind}/{id_}"})


def current(*, by: Actor, kind: str, id: str) -> Row:
    """The present version, tombstones too. Raises OutOfReach (404). One statement."""
    visible, parameters = access.visible("r", by)
    found = sql.one(
        f"SELECT {ROW} FROM emr_resource r WHERE r.kind = {literal(kind)} AND r.id = %s AND {visible}",
        [id, *parameters],
    )
    if found is None:
        raise _absent(kind, id)
    return Row.of(found)


def read(*, by: Actor, kind: str, id: str) -> dict[str, Any]:
    """The present version as plain Python. Raises OutOfReach (404) or Gone (410)."""
    row = current(by=by, kind=kind, id=id)
    if row.deleted:
        raise Gone(detail={"pk": f"{kind}/{id}"})
    resource: dict[str, Any] = jsonio.plain(row.content)
    return resource


def read_many(*, by: Actor, references: Iterable[str]) -> dict[str, dict[str, Any]]:
    """`Type/id` -> resource for those that exist and are open to `by`. One statement."""
    keys = [(kind, id_) for kind, bar, id_ in (reference.partition("/") for reference in references) if bar]
    rows = rows_of(by=by, keys=keys)
    return {f"{row.kind}/{row.id}": jsonio.plain(row.content) for row in rows}


def rows_of(*, by: Actor, keys: Sequence[tuple[str, str]]) -> list[Row]:
    """The present versions of (type, id) pairs, those that exist and are open to `by`. One statement."""
    if not keys:
        return []
    visible, parameters = access.visible("r", by)
    found = sql.rows(
        f"SELECT {ROW} FROM unnest(%s::text[], %s::text[]) AS k(kind, id) "
        f"JOIN emr_resource r ON r.kind = k.kind AND r.id = k.id WHERE NOT r.deleted AND {visible}",
        [[kind for kind, _ in keys], [id_ for _, id_ in keys], *parameters],
    )
    return [Row.of(row) for row in found]


_OF_PERSON: Final = """
SELECT {row} FROM emr_resource r
WHERE r.kind = {kind} AND NOT r.deleted AND {visible}
  AND r.patient_id = ANY(ARRAY(SELECT q.id FROM emr_patient p JOIN emr_patient q ON q.person_id = p.person_id
                               WHERE p.id = %s))
ORDER BY r.date DESC NULLS LAST, r.pid DESC LIMIT %s
"""


def of_patient(
    *, by: Actor, patient_id: UUID, kind: str, limit: int = 50, newest_first: bool = True
) -> list[dict[str, Any]]:
    """The newest `limit` resources of one kind about this person (all hospitals), those open to `by`."""
    found = of_patient_kinds(by=by, patient_id=patient_id, kinds=(kind,), limit=limit)[kind]
    return found if newest_first else found[::-1]


def of_patient_kinds(
    *, by: Actor, patient_id: UUID, kinds: Iterable[str], limit: int = 50
) -> dict[str, list[dict[str, Any]]]:
    """`of_patient` for several kinds in one statement per kind, newest first."""
    visible, parameters = access.visible("r", by)
    told: dict[str, list[dict[str, Any]]] = {}
    for kind in kinds:
        statement = _OF_PERSON.format(row=ROW, visible=visible, kind=literal(kind))
        found = sql.rows(statement, [*parameters, patient_id, limit])
        told[kind] = [jsonio.plain(Row.of(row).content) for row in found]
    return told


_WHOLE: Final = """
SELECT {row} FROM emr_resource r
WHERE NOT r.deleted AND {visible}
  AND r.patient_id = ANY(ARRAY(SELECT q.id FROM emr_patient p JOIN emr_patient q ON q.person_id = p.person_id
                               WHERE p.id = %s))
ORDER BY r.kind, r.date NULLS LAST, r.pid LIMIT %s
"""
_ABOVE: Final = """
SELECT EXISTS (SELECT 1 FROM emr_resource r WHERE NOT r.deleted AND r.label > %s AND r.patient_id = ANY(ARRAY(
    SELECT q.id FROM emr_patient p JOIN emr_patient q ON q.person_id = p.person_id WHERE p.id = %s)))
"""


def whole_of(*, by: Actor, patient_id: UUID, limit: int = 20_000) -> list[Row]:
    """All that is stored about this person at all hospitals, as far as it is open to `by`. One statement."""
    visible, parameters = access.visible("r", by)
    found = sql.rows(_WHOLE.format(row=ROW, visible=visible), [*parameters, patient_id, limit])
    return [Row.of(row) for row in found]


def withheld(*, by: Actor, patient_id: UUID) -> bool:
    """Whether something about this person is above the clearance of `by`; never what, where or how much."""
    found = sql.one(_ABOVE, [by.clearance, patient_id])
    return bool(found and found[0])


_VERSIONS: Final = """
SELECT r.kind, r.id, h.version, h.updated, h.deleted, r.patient_id, h.label, h.content FROM emr_resource r
CROSS JOIN LATERAL (
    SELECT r.version, r.updated, r.deleted, r.label, r.content
    UNION ALL
    SELECT o.version, o.updated, o.deleted, o.label, o.content FROM emr_resource_history o
    WHERE o.kind = {kind} AND o.id = r.id AND o.label <= %s
) h
WHERE r.kind = {kind} AND r.id = %s AND {visible} {only} ORDER BY h.version DESC LIMIT %s
"""


def versions(*, by: Actor, kind: str, id: str, limit: int = 100, before: int | None = None) -> list[Row]:
    """All versions, newest first. Who may not see the present one sees none of its past. Raises OutOfReach."""
    visible, parameters = access.visible("r", by)
    only = "AND h.version < %s" if before is not None else ""
    values = [by.clearance, id, *parameters, *([before] if before is not None else []), limit]
    found = sql.rows(_VERSIONS.format(kind=literal(kind), visible=visible, only=only), values)
    if not found and before is None:
        raise _absent(kind, id)
    return [Row.of(row) for row in found]


def version(*, by: Actor, kind: str, id: str, number: int) -> Row:
    """One version. Raises OutOfReach (404)."""
    visible, parameters = access.visible("r", by)
    values = [by.clearance, id, *parameters, number, 1]
    statement = _VERSIONS.format(kind=literal(kind), visible=visible, only="AND h.version = %s")
    found = sql.one(statement, values)
    if found is None:
        raise _absent(kind, id)
    return Row.of(found)


@dataclass(frozen=True, slots=True)
class Keeper:
    """Whose a stored resource is: the workflow that keeps it, "" for what came over FHIR, and whose record it is in."""

    owner: str
    custodian: UUID | None


def keepers(*, by: Actor, keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Keeper]:
    """Who keeps these resources (type, id), as far as they are open to `by`. One statement, none for no keys."""
    if not keys:
        return {}
    visible, parameters = access.visible("r", by)
    found = sql.rows(
        "SELECT r.kind, r.id, r.managed_by, r.custodian_org FROM unnest(%s::text[], %s::text[]) AS k(kind, id) "
        f"JOIN emr_resource r ON r.kind = k.kind AND r.id = k.id WHERE NOT r.deleted AND {visible}",
        [[kind for kind, _ in keys], [id_ for _, id_ in keys], *parameters],
    )
    return {(row[0], row[1]): Keeper(row[2], row[3]) for row in found}


def labels_above_care(targets: Iterable[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """The labels above ordinary care among `targets` (type, id): they pass on to what refers to them."""
    keys = list(targets)
    if not keys:
        return {}
    found = sql.rows(
        "SELECT r.kind, r.id, r.label FROM unnest(%s::text[], %s::text[]) AS k(kind, id) "
        "JOIN emr_resource r ON r.kind = k.kind AND r.id = k.id WHERE r.label > %s",
        [[kind for kind, _ in keys], [id_ for _, id_ in keys], labels.CARE],
    )
    return {(row[0], row[1]): row[2] for row in found}
