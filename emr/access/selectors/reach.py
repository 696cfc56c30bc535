"""The one rule which record is open to whom, as SQL and for one patient.

Label before role, role before ground: what is above the clearance is as if it were not there, on any ground.
"""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from django.db.models.expressions import RawSQL

from emr.access.choices import PASSES_RESTRICTIONS, Basis, Purpose
from emr.access.policies import kinds_read, places, reads_records
from kernel import clock, labels
from kernel.actor import Actor, Kind
from kernel.database import prepared

Sql = tuple[str, list[Any]]

_PASSING: Final = ", ".join(f"'{one.value}'" for one in PASSES_RESTRICTIONS)

# A ground counts for every record of the same person: patients point to persons, merging moves the pointer.
# Its names are no alias a caller uses: with `p` inside and outside, `p.id = p.id` would open every record.
_INSIDE: Final = frozenset({"its", "alike", "reason", "shut", "bar"})
_GROUND = f"""
    SELECT reason.basis FROM emr_patient its
    JOIN emr_patient alike ON alike.person_id = its.person_id
    JOIN emr_ground reason ON reason.patient_id = alike.id
    WHERE its.id = {{patient}} AND reason.organisation_id = ANY(%s::uuid[])
      AND (reason.department_id IS NULL OR %s::uuid IS NULL OR reason.department_id = %s)
      AND (reason.staff_id IS NULL OR reason.staff_id = %s)
      AND reason.closed_at IS NULL AND reason.opened_at <= %s AND (reason.until_at IS NULL OR reason.until_at > %s)
      AND reason.label >= {{label}}
      AND (reason.purpose = %s OR (reason.purpose = '' AND %s <> 'research'))
      AND (reason.basis IN ({_PASSING}) OR NOT EXISTS (
        SELECT 1 FROM emr_patient shut JOIN emr_restriction bar ON bar.patient_id = shut.id
        WHERE shut.person_id = its.person_id AND bar.closed_at IS NULL
          AND bar.label <= {{label}}
          AND (bar.organisation_id IS NULL OR bar.organisation_id = reason.organisation_id)))"""


def _ground(alias: str, patient: str, label: str) -> str:
    """The grounds of one row of `alias`. Raises ValueError for an alias that means something else inside."""
    if alias in _INSIDE:
        raise ValueError(f"{alias} is no alias for a row asked about")
    return _GROUND.format(patient=f"{alias}.{patient}", label=label)


def _ground_parameters(actor: Actor) -> list[Any]:
    # The app's clock wrote the periods; the database's now() is that of the transaction's beginning.
    now = clock.now()
    staff = actor.id if actor.kind is Kind.STAFF else None
    purpose = actor.purpose or Purpose.TREATMENT.value
    return [places(actor), actor.department, actor.department, staff, now, now, purpose, purpose]


def reads(actor: Actor, kind: str) -> bool:
    """Whether the acting post reads this kind at all in a record that is open to it (`policies.READS`)."""
    kinds = kinds_read(actor)
    return reads_records(actor) and (kinds is None or kind in kinds)


def visible(alias: str, actor: Actor, *, kind: str = "") -> Sql:
    """SQL predicate and parameters: the rows of `alias` this actor may read.

    `alias` names a row with the columns patient_id (Patient id or NULL), custodian_org, label and kind, or all rows are
    of the FHIR kind `kind`. The post must read the kind where somebody is concerned, the label must
    not be above the clearance; then the row is the actor's own organisation's, or concerns nobody and is for wide
    use, or stands on a ground of any patient of the same person and under no restriction.
    """
    if actor.kind is Kind.SYSTEM:
        return "TRUE", []
    if not reads_records(actor):
        return f"({alias}.patient_id IS NULL AND {alias}.label <= %s)", [min(actor.clearance, labels.WIDE)]
    ground = _ground(alias, "patient_id", f"{alias}.label")
    only, kinds = _only(alias, actor, kind)
    predicate = (
        f"({only}{alias}.label <= %s AND ({alias}.custodian_org = ANY(%s::uuid[])"
        f" OR ({alias}.patient_id IS NULL AND {alias}.label <= {labels.WIDE})"
        f" OR EXISTS ({ground})))"
    )
    return predicate, [*kinds, actor.clearance, places(actor), *_ground_parameters(actor)]


def _only(alias: str, actor: Actor, kind: str) -> Sql:
    """What a post reads that neither treats nor reports, as the beginning of the predicate; nothing for the others."""
    kinds = kinds_read(actor)
    if kinds is None:
        return "", []
    said = "%s::text" if kind else f"{alias}.kind"
    parameters: list[Any] = [kind] if kind else []
    return f"({alias}.patient_id IS NULL OR {said} = ANY(%s::text[])) AND ", [*parameters, sorted(kinds)]


_STRENGTH: Final = {name: rank for rank, name in enumerate(Basis.values)}


def basis(*, by: Actor, patient_id: UUID) -> Basis | None:
    """The strongest reason why this actor may open the patient's record now; None when there is none."""
    return bases(by=by, patient_ids=[patient_id]).get(patient_id)


def bases(*, by: Actor, patient_ids: Sequence[UUID]) -> dict[UUID, Basis]:
    """`basis` for many patients in one query; patients without one are absent."""
    if by.kind is Kind.SYSTEM:
        return dict.fromkeys(patient_ids, Basis.SYSTEM)
    if not patient_ids or not reads_records(by):
        return {}
    ground = _ground("w", "id", str(labels.PUBLIC))
    query = f"""
        SELECT w.id, 'own' FROM emr_patient w
        WHERE w.id = ANY(%s) AND w.organisation_id = ANY(%s::uuid[])
        UNION ALL SELECT w.id, g.basis FROM emr_patient w CROSS JOIN LATERAL ({ground}) g WHERE w.id = ANY(%s)"""
    wanted = list(patient_ids)
    found: dict[UUID, Basis] = {}
    with prepared.cursor() as cursor:
        cursor.execute(query, [wanted, places(by), *_ground_parameters(by), wanted])
        for patient_id, name in cursor.fetchall():
            if patient_id not in found or _STRENGTH[name] < _STRENGTH[found[patient_id]]:
                found[patient_id] = Basis(name)
    return found


def patients_open_to(by: Actor, alias: str = "p") -> Sql:
    """SQL predicate and parameters over emr_patient `alias`: records this actor may open on some basis."""
    if by.kind is Kind.SYSTEM:
        return "TRUE", []
    if not reads_records(by):
        return "FALSE", []
    ground = _ground(alias, "id", str(labels.PUBLIC))
    predicate = f"({alias}.organisation_id = ANY(%s::uuid[]) OR EXISTS ({ground}))"
    return predicate, [places(by), *_ground_parameters(by)]


def ids_open_to(by: Actor) -> RawSQL:
    """Ids of the patients whose record this actor may open on some basis, for the `pk__in` of another table."""
    predicate, parameters = patients_open_to(by, "p")
    return RawSQL(f"SELECT p.id FROM emr_patient p WHERE {predicate}", parameters)  # noqa: S611  # the rule above, no input
