"""Who and what a workflow's step names, in one statement: institutions, departments, beds, colleagues by id."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from consortium.choices import OrganisationKind, Role
from kernel import clock
from kernel.database import prepared
from kernel.errors import OutOfReach

KNOWN: Final = """
SELECT id, short_name, kind, active FROM consortium_organisation WHERE id = ANY(%s::uuid[])
UNION ALL SELECT id, name, '', active FROM consortium_department WHERE id = ANY(%s::uuid[])
UNION ALL SELECT id, code, '', active FROM consortium_bed WHERE id = ANY(%s::uuid[])
UNION ALL SELECT id, name, '', is_active FROM consortium_staff WHERE id = ANY(%s::uuid[])
"""
HOLDING: Final = """
SELECT DISTINCT p.department_id FROM consortium_post p JOIN consortium_staff s ON s.id = p.staff_id
WHERE p.organisation_id = %s AND p.role = ANY(%s::text[]) AND p.period @> %s::date AND s.is_active
  AND p.department_id IS NOT NULL
"""
Ids = Iterable[UUID | None]


@dataclass(frozen=True, slots=True)
class Known:
    """An institution (`kind` says which), a department, a bed by its code, or a colleague."""

    name: str
    kind: str
    active: bool

    @property
    def outside(self) -> bool:
        """Whether this is a hospital outside the county."""
        return self.kind == OrganisationKind.OUTSIDE


def known(
    *, organisations: Ids = (), departments: Ids = (), beds: Ids = (), staff: Ids = ()
) -> dict[UUID, Known]:
    """What these ids name; without those nobody knows."""
    wanted = [[pk for pk in {*pks} if pk] for pks in (organisations, departments, beds, staff)]
    with prepared.cursor() as cursor:
        cursor.execute(KNOWN, wanted)
        return {pk: Known(*said) for pk, *said in cursor.fetchall()}


NAMES: Final = "SELECT id, short_name FROM consortium_organisation WHERE id = ANY(%s::uuid[])"
DEPARTMENTS: Final = "SELECT id, name FROM consortium_department WHERE id = ANY(%s::uuid[])"
STAFF: Final = "SELECT id, name FROM consortium_staff WHERE id = ANY(%s::uuid[])"
KIND: Final = "SELECT kind FROM consortium_organisation WHERE id = %s"


def is_outside(pk: UUID) -> bool:
    """Whether this is a hospital outside the county."""
    with prepared.cursor() as cursor:
        cursor.execute(KIND, [pk])
        row: tuple[str] | None = cursor.fetchone()
    return row is not None and row[0] == OrganisationKind.OUTSIDE


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a bed stands: its department, the institution, and whether it and both of them are open."""

    department_id: UUID
    organisation_id: UUID
    active: bool


STANDS: Final = """
SELECT d.id, d.organisation_id, o.active AND d.active AND b.active FROM consortium_bed b
JOIN consortium_department d ON d.id = b.department_id JOIN consortium_organisation o ON o.id = d.organisation_id
WHERE b.id = %s
"""


def stands(bed: UUID) -> Standing:
    """Where a bed stands. Raises OutOfReach (404) when there is none."""
    with prepared.cursor() as cursor:
        cursor.execute(STANDS, [bed])
        row = cursor.fetchone()
    if row is None:
        raise OutOfReach(detail={"model": "consortium.bed", "pk": str(bed)})
    return Standing(*row)


def names(pks: Ids) -> dict[UUID, str]:
    """Names of colleagues by id."""
    return _names(STAFF, pks)


def organisation_names(pks: Ids) -> dict[UUID, str]:
    """Short names by id."""
    return _names(NAMES, pks)


def department_names(pks: Ids) -> dict[UUID, str]:
    """Names by id."""
    return _names(DEPARTMENTS, pks)


def staff_name(pk: UUID | None) -> str:
    """Name of a colleague, or an empty string for nobody."""
    return names([pk]).get(pk, "") if pk else ""


def organisation_name(pk: UUID | None) -> str:
    """Short name of an institution, or an empty string for none."""
    return organisation_names([pk]).get(pk, "") if pk else ""


def department_name(pk: UUID | None) -> str:
    """Name of a department, or an empty string for none."""
    return department_names([pk]).get(pk, "") if pk else ""


def _names(statement: str, pks: Ids) -> dict[UUID, str]:
    """One statement; none for nobody."""
    if not (wanted := [pk for pk in {*pks} if pk]):
        return {}
    with prepared.cursor() as cursor:
        cursor.execute(statement, [wanted])
        return dict(cursor.fetchall())


def departments_with(*, roles: Iterable[Role | str], organisation_id: UUID) -> set[UUID]:
    """Departments of an institution in which somebody holds one of these posts today."""
    today = clock.today()
    with prepared.cursor() as cursor:
        cursor.execute(HOLDING, [organisation_id, [str(role) for role in roles], today])
        return {pk for (pk,) in cursor.fetchall()}
