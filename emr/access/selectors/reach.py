"""The one rule which record is open to whom, as SQL and for one patient.

Label before role, role before ground: what is above the clearance is as if it were not there, on any ground.
"""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from emr.access.choices import PASSES_RESTRICTIONS, Basis, Purpose
from emr.access.policies import places, reads_records
from kernel import clock, labels, prepared
from kernel.actor import Actor, Kind

Sql = tuple[str, list[Any]]

_PASSING: Final = ", ".join(f"'{one.value}'" for one in PASSES_RESTRICTIONS)

# A ground counts for every record of the same person: patients point to persons, merging moves the pointer.
_GROUND = f"""
    SELECT g.basis FROM emr_patient p
    JOIN emr_patient q ON q.person_id = p.person_id
    JOIN emr_ground g ON g.patient_id = q.id
    WHERE p.id = {{patient}} AND g.organisation_id = ANY(%s::uuid[])
      AND (g.department_id IS NULL OR %s::uuid IS NULL OR g.department_id = %s)
      AND (g.staff_id IS NULL OR g.staff_id = %s)
      AND g.closed_at IS NULL AND g.opened_at <= %s AND (g.until_at IS NULL OR g.until_at > %s)
      AND g.label >= {{label}}
      AND (g.purpose = %s OR (g.purpose = '' AND %s <> 'research'))
      AND (g.basis IN ({_PASSING}) OR NOT EXISTS (
        SELECT 1 FROM emr_patient s JOIN emr_restriction x ON x.patient_id = s.id
        WHERE s.person_id = p.person_id AND x.closed_at IS NULL
          AND x.label <= {{label}} AND (x.organisation_id IS NULL OR x.organisation_id = g.organisation_id)))"""


def _ground_parameters(actor: Actor) -> list[Any]:
    # The app's clock wrote the periods; the database's now() is that of the transaction's beginning.
    now = clock.now()
    staff = actor.id if actor.kind is Kind.STAFF else None
    purpose = actor.purpose or Purpose.TREATMENT.value
    return [places(actor), actor.department, actor.department, staff, now, now, purpose, purpose]


def visible(alias: str, actor: Actor) -> Sql:
    """SQL predicate and parameters: the rows of `alias` this actor may read.

    `alias` names a row with the columns patient_id (Patient id or NULL), custodian_org and label. The label must
    not be above the clearance; then the row is the actor's own organisation's, or concerns nobody and is for wide
    use, or stands on a ground of any patient of the same person and under no restriction.
    """
    if actor.kind is Kind.SYSTEM:
        return "TRUE", []
    if not reads_records(actor):
        return f"({alias}.patient_id IS NULL AND {alias}.label <= %s)", [min(actor.clearance, labels.WIDE)]
    ground = _GROUND.format(patient=f"{alias}.patient_id", label=f"{alias}.label")
    predicate = (
        f"({alias}.label <= %s AND ({alias}.custodian_org = ANY(%s::uuid[])"
        f" OR ({alias}.patient_id IS NULL AND {alias}.label <= {labels.WIDE})"
        f" OR EXISTS ({ground})))"
    )
    return predicate, [actor.clearance, places(actor), *_ground_parameters(actor)]


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
    ground = _GROUND.format(patient="w.id", label=str(labels.PUBLIC))
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
    ground = _GROUND.format(patient=f"{alias}.id", label=str(labels.PUBLIC))
    predicate = f"({alias}.organisation_id = ANY(%s::uuid[]) OR EXISTS ({ground}))"
    return predicate, [places(by), *_ground_parameters(by)]
