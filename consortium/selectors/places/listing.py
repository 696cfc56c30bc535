"""Organisations, departments and beds as places."""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from consortium.choices import IdentifierSystem, OrganisationKind
from consortium.models import Bed, Department, Organisation, OrganisationIdentifier
from kernel import clock
from kernel.database import prepared, rows
from kernel.errors import OutOfReach

OFFICE: Final = (
    "SELECT id FROM consortium_organisation WHERE active AND kind = %s ORDER BY sequence, id LIMIT 1"
)


def organisation(pk: UUID | str) -> Organisation:
    """One organisation. Raises OutOfReach (404) when there is none."""
    found = Organisation.objects.filter(pk=pk).first()
    if found is None:
        raise OutOfReach(detail={"model": "consortium.organisation", "pk": str(pk)})
    return found


def organisations(pks: Iterable[UUID]) -> dict[UUID, Organisation]:
    """Organisations by id; an unknown id is left out."""
    return Organisation.objects.in_bulk(list(pks))


def all_organisations() -> list[Organisation]:
    """The whole tree of the consortium, head hospital first, as the directory lists it."""
    inside = "active AND kind <> %s ORDER BY sequence, name, id"
    return rows.every(Organisation, inside, [OrganisationKind.OUTSIDE.value])


def outside_organisations() -> list[Organisation]:
    """Hospitals outside the county that patients are referred to and come from (县外医院); members of nothing here."""
    outside = "active AND kind = %s ORDER BY sequence, name, id"
    return rows.every(Organisation, outside, [OrganisationKind.OUTSIDE.value])


def closing_organisations() -> list[Organisation]:
    """Institutions that close on a day to come or were closed on one, the latest first."""
    return list(Organisation.objects.filter(closes_date__isnull=False).order_by("-closes_date", "pk"))


def identifier(organisation_id: UUID, system: str) -> str:
    """The code the organisation bears today in this system, or an empty string."""
    today = clock.today()
    rows = OrganisationIdentifier.objects.filter(
        organisation=organisation_id, system=IdentifierSystem(system), period__contains=today
    )
    return rows.values_list("value", flat=True).first() or ""


def head_hospital() -> Organisation:
    """The county hospital that leads the consortium (总院). Raises OutOfReach before one is registered."""
    found = Organisation.objects.filter(kind=OrganisationKind.HEAD_HOSPITAL, active=True).first()
    if found is None:
        raise OutOfReach(detail={"model": "consortium.organisation", "kind": "head_hospital"})
    return found


def consortium_office() -> UUID | None:
    """The office that stands over all institutions (医共体办公室); None before one is registered."""
    with prepared.cursor() as cursor:
        cursor.execute(OFFICE, [OrganisationKind.CONSORTIUM_OFFICE.value])
        row: tuple[UUID] | None = cursor.fetchone()
    return row[0] if row else None


def branches() -> list[Organisation]:
    """Township centres and village clinics (分院), townships first."""
    kinds = [OrganisationKind.BRANCH, OrganisationKind.VILLAGE_CLINIC]
    return list(
        Organisation.objects.filter(kind__in=kinds, active=True).order_by("kind", "sequence", "name", "pk")
    )


def department(pk: UUID | str) -> Department:
    """One department with its organisation. Raises OutOfReach (404) when there is none."""
    found = Department.objects.select_related("organisation").filter(pk=pk).first()
    if found is None:
        raise OutOfReach(detail={"model": "consortium.department", "pk": str(pk)})
    return found


def departments(pks: Iterable[UUID]) -> dict[UUID, Department]:
    """Departments by id; an unknown id is left out."""
    return Department.objects.in_bulk(list(pks))


def departments_of(organisation_id: UUID) -> list[Department]:
    """Departments of an organisation in their own order."""
    here = "organisation_id = %s AND active ORDER BY sequence, code, id"
    return rows.every(Department, here, [organisation_id])


def departments_of_all(organisation_ids: Iterable[UUID]) -> list[Department]:
    """Departments of several organisations, by organisation and in their own order, one statement."""
    rows = Department.objects.filter(organisation__in=list(organisation_ids), active=True)
    return list(rows.order_by("organisation__sequence", "organisation_id", "sequence", "code", "pk"))


def beds_of(department_id: UUID) -> list[Bed]:
    """Beds of a department as places; free or not is asked of emr.capacity."""
    return rows.every(Bed, "department_id = %s AND active ORDER BY code, id", [department_id])


def bed(pk: UUID | str) -> Bed:
    """One bed with its department. Raises OutOfReach (404) when there is none."""
    found = Bed.objects.select_related("department__organisation").filter(pk=pk).first()
    if found is None:
        raise OutOfReach(detail={"model": "consortium.bed", "pk": str(pk)})
    return found


def beds(pks: Iterable[UUID]) -> dict[UUID, Bed]:
    """Beds by id with their departments, one statement."""
    return Bed.objects.select_related("department").in_bulk(list(pks))


def place_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Every place a post may be at, departments under their organisation: `<organisation>[/<department>]`."""
    departments: dict[UUID, list[Department]] = {}
    for row in Department.objects.filter(active=True).order_by("sequence", "code", "pk"):
        departments.setdefault(row.organisation_id, []).append(row)
    return [
        (
            one.short_name,
            [
                (str(one.pk), one.short_name),
                *(
                    (f"{one.pk}/{row.pk}", f"{one.short_name} {row.name}")
                    for row in departments.get(one.pk, [])
                ),
            ],
        )
        for one in all_organisations()
    ]
