"""Free beds and the board."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from consortium import selectors as consortium
from emr.capacity.choices import Use
from emr.capacity.models import BedUse
from emr.capacity.policies import BED_USE
from kernel import clock
from kernel.actor import Actor
from kernel.errors import Text


@dataclass(frozen=True, slots=True)
class FreeBed:
    """A bed nobody uses now."""

    id: UUID
    code: str
    room: str
    kind: str


@dataclass(frozen=True, slots=True)
class BedState:
    """A bed on the board. `use` is "" when it is free; `since` and `until` bound the present use."""

    id: UUID
    code: str
    room: str
    kind: str
    use: str
    use_text: Text
    patient_id: UUID | None
    source: str
    since: datetime | None
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Ward:
    """A department with its beds; counts by use."""

    department_id: UUID
    name: str
    organisation_id: UUID
    beds: tuple[BedState, ...]

    @property
    def free(self) -> int:
        return sum(not bed.use for bed in self.beds)

    @property
    def held(self) -> int:
        return sum(bed.use == Use.HELD for bed in self.beds)

    @property
    def total(self) -> int:
        return len(self.beds)


def free_beds(department_id: UUID) -> list[FreeBed]:
    """Beds of a department nobody uses now, by code. Expired holds do not count."""
    query = """
        SELECT b.id, b.code, b.room, b.kind FROM consortium_bed b
        WHERE b.department_id = %s AND b.active AND NOT EXISTS (
          SELECT 1 FROM emr_beduse u WHERE u.bed_id = b.id AND u.period @> %s)
        ORDER BY b.code, b.id"""
    with connection.cursor() as cursor:
        cursor.execute(query, [department_id, clock.now()])
        return [FreeBed(*row) for row in cursor.fetchall()]


def free_counts(department_ids: Iterable[UUID]) -> dict[UUID, int]:
    """How many beds are free now, by department, one statement; departments without beds are 0."""
    wanted = list(department_ids)
    query = """
        SELECT b.department_id, count(*) FILTER (WHERE u.id IS NULL) FROM consortium_bed b
        LEFT JOIN emr_beduse u ON u.bed_id = b.id AND u.period @> %s
        WHERE b.department_id = ANY(%s) AND b.active GROUP BY b.department_id"""
    with connection.cursor() as cursor:
        cursor.execute(query, [clock.now(), wanted])
        counted = dict(cursor.fetchall())
    return {pk: counted.get(pk, 0) for pk in wanted}


def board(organisation_id: UUID) -> list[Ward]:
    """All wards of an institution with every bed's present use, three statements."""
    departments = consortium.departments_of(organisation_id)
    query = """
        SELECT b.department_id, b.id, b.code, b.room, b.kind, u.use, u.patient_id, u.source,
               lower(u.period), upper(u.period)
        FROM consortium_bed b LEFT JOIN emr_beduse u ON u.bed_id = b.id AND u.period @> %s
        WHERE b.department_id = ANY(%s) AND b.active ORDER BY b.code, b.id"""
    beds: dict[UUID, list[BedState]] = {}
    with connection.cursor() as cursor:
        cursor.execute(query, [clock.now(), [one.pk for one in departments]])
        for department, pk, code, room, kind, use, patient, source, since, until in cursor.fetchall():
            words = Use(use).label if use else ""
            state = BedState(pk, code, room, kind, use or "", words, patient, source or "", since, until)
            beds.setdefault(department, []).append(state)
    return [
        Ward(one.pk, one.name, organisation_id, tuple(beds[one.pk])) for one in departments if one.pk in beds
    ]


def wards(*, by: Actor, organisation_id: UUID | None = None) -> list[Ward]:
    """The board of an institution, the actor's own unless one is named, for a post that may look at it."""
    BED_USE.ask(by, "view")
    return board(organisation_id or by.place)


def use_of(source: str) -> BedUse | None:
    """What `source` uses now, with its bed and department; an expired hold is none."""
    rows = BedUse.objects.filter(source=source, ended_at__isnull=True, period__contains=clock.now())
    return rows.select_related("bed__department").first()
