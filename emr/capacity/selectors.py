"""Free places and the board. Bed board, directory and counts are all made of one statement: `standing`."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from consortium import selectors as consortium
from emr.capacity.choices import COUNTED_BEDS, ENDS, FRESH, STALE, Part, PoolKind, Use
from emr.capacity.models import BedUse, Pool, Quota
from emr.capacity.policies import BED_USE, POOL, QUOTA
from kernel import clock
from kernel.actor import Actor
from kernel.database import prepared
from kernel.errors import OutOfReach, Text


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
class Told:
    """Places known by number: `places` told at `told_at`, of which `held` are kept. `day_date` and `part`: slots."""

    id: UUID
    kind: str
    day_date: date | None
    part: str
    places: int
    held: int
    origin: str
    told_at: datetime

    @property
    def free(self) -> int:
        """What can still be kept; a hold takes one off."""
        return max(self.places - self.held, 0)

    @property
    def over(self) -> int:
        """More are kept than the ward says are empty: somebody has to be phoned."""
        return max(self.held - self.places, 0)

    @property
    def kind_text(self) -> Text:
        return PoolKind(self.kind).label

    @property
    def part_text(self) -> Text:
        return Part(self.part).label if self.part else ""


@dataclass(frozen=True, slots=True)
class Ward:
    """A department with its places: beds by name, beds by number, slots of its clinic."""

    department_id: UUID
    name: str
    organisation_id: UUID
    beds: tuple[BedState, ...]
    counts: tuple[Told, ...] = ()
    slots: tuple[Told, ...] = ()

    @property
    def free(self) -> int:
        """Beds that can be kept now, by name or by number."""
        return sum(not bed.use for bed in self.beds) + sum(one.free for one in self.counts)

    @property
    def held(self) -> int:
        return sum(bed.use == Use.HELD for bed in self.beds) + sum(one.held for one in self.counts)

    @property
    def total(self) -> int:
        """Beds that are known: all with a name, and the empty ones a ward told."""
        return len(self.beds) + sum(one.places for one in self.counts)

    @property
    def told_at(self) -> datetime | None:
        """When the oldest told number was told; None where beds have names: those are counted at this moment."""
        return min((one.told_at for one in self.counts), default=None)

    @property
    def fresh(self) -> bool:
        """Whether the number may be shown as free: it is counted now, or was told within a quarter of an hour."""
        return self.told_at is None or clock.now() - self.told_at <= FRESH

    @property
    def stale(self) -> bool:
        """Whether the number is so old (12 h) that the page says so."""
        return self.told_at is not None and clock.now() - self.told_at > STALE


_STANDING: Final = """
    SELECT b.department_id, b.id, b.code, b.room, b.kind, u.use, u.patient_id, u.source,
           lower(u.period) AS since, upper(u.period) AS until,
           NULL::date AS day_date, '' AS part, NULL::int AS places, NULL::bigint AS held, '' AS origin,
           NULL::timestamptz AS told_at
    FROM consortium_bed b LEFT JOIN emr_beduse u ON u.bed_id = b.id AND u.period @> %(now)s
    WHERE b.department_id = ANY(%(wards)s) AND b.active
    UNION ALL
    SELECT p.department_id, p.id, '', '', p.kind, NULL, NULL, NULL, NULL, NULL, p.day_date, p.part, p.places,
           (SELECT count(*) FROM emr_beduse u WHERE u.pool_id = p.id AND u.period @> %(now)s), p.origin, p.told_at
    FROM emr_pool p
    WHERE p.department_id = ANY(%(wards)s) AND p.returned_at IS NULL
      AND (p.day_date IS NULL OR p.day_date >= %(today)s)
    ORDER BY day_date NULLS FIRST, part DESC, code, id"""
"""Every place of some departments with its present use: beds by name, then what is known by number."""


def standing(departments: Iterable[Any]) -> list[Ward]:
    """The places of these departments, in their order, one statement; a department without a place is left out."""
    known = list(departments)
    beds: dict[UUID, list[BedState]] = {}
    told: dict[UUID, list[Told]] = {}
    wanted: dict[str, Any] = {"now": clock.now(), "today": clock.today(), "wards": [one.pk for one in known]}
    with connection.cursor() as cursor:
        cursor.execute(_STANDING, wanted)
        for department, pk, code, room, kind, *use, day, part, places, held, origin, at in cursor.fetchall():
            if places is None:
                beds.setdefault(department, []).append(_bed_state(pk, code, room, kind, use))
            elif not _over(day, part):
                one = Told(pk, kind, day, part, places, held, origin, at)
                told.setdefault(department, []).append(one)
    return [
        _ward(one, beds.get(one.pk, []), told.get(one.pk, []))
        for one in known
        if one.pk in beds or one.pk in told
    ]


def _bed_state(pk: UUID, code: str, room: str, kind: str, use: list[Any]) -> BedState:
    name, patient, source, since, until = use
    words = Use(name).label if name else ""
    return BedState(pk, code, room, kind, name or "", words, patient, source or "", since, until)


def _over(day: date | None, part: str) -> bool:
    return day is not None and _ends(day, part) <= clock.now()


def _ward(department: Any, beds: list[BedState], told: list[Told]) -> Ward:
    order = {kind.value: place for place, kind in enumerate(COUNTED_BEDS)}
    counts = sorted((one for one in told if one.kind in order), key=lambda one: order[one.kind])
    slots = [one for one in told if one.kind == PoolKind.CLINIC]
    return Ward(
        department.pk,
        department.name,
        department.organisation_id,
        tuple(beds),
        () if beds else tuple(counts),  # beds that got names are counted by themselves
        tuple(slots),
    )


def _ends(day: date, part: str) -> datetime:
    start, _next = clock.day_bounds(day)
    return clock.local(start).replace(hour=ENDS[Part(part)].hour)


def slot_ends(pool: Pool) -> datetime:
    """When the half day of these slots is over."""
    if pool.day_date is None:
        raise ValueError("a pool of beds has no half day")
    return _ends(pool.day_date, pool.part)


def pool(pk: UUID | None) -> Pool:
    """Counted beds or slots with their department. Raises OutOfReach (404) when there are none."""
    rows = Pool.objects.select_related("department__organisation")
    found = rows.filter(pk=pk).first() if pk else None
    if found is None:
        raise OutOfReach(detail={"model": "emr.pool", "pk": str(pk)})
    return found


def told(*, department_id: UUID, kind: str, day_date: date | None = None, part: str = "") -> Told:
    """One number as it stands. Raises OutOfReach (404) when nobody told it, or its half day is over."""
    wards = standing([consortium.department(department_id)])
    for one in (one for ward in wards for one in (*ward.counts, *ward.slots)):
        if (one.kind, one.day_date, one.part) == (kind, day_date, part):
            return one
    raise OutOfReach(detail={"model": "emr.pool", "department": str(department_id), "kind": kind})


def free_beds(department_id: UUID) -> list[FreeBed]:
    """Beds of a department nobody uses now, by code. Expired holds do not count."""
    wards = standing([consortium.department(department_id)])
    return [
        FreeBed(bed.id, bed.code, bed.room, bed.kind) for ward in wards for bed in ward.beds if not bed.use
    ]


def board(organisation_id: UUID) -> list[Ward]:
    """All wards and clinics of an institution with every place's present use, two statements."""
    return standing(consortium.departments_of(organisation_id))


def wards(*, by: Actor, organisation_id: UUID | None = None) -> list[Ward]:
    """The board of an institution, the actor's own unless one is named, for a post that may look at it.

    Raises OutOfReach (404) for another one, where the policy narrows to one's own: a hospital's system.
    """
    BED_USE.ask(by, "view")
    place = organisation_id or by.place
    if BED_USE.reach(by, "view") and place not in by.organisations:
        raise OutOfReach(detail={"action": "view", "model": "consortium.organisation", "pk": str(place)})
    return board(place)


def may_tell(*, by: Actor) -> bool:
    """Whether the post tells numbers of its wards and clinics."""
    return POOL.allows(by, "tell")


def quotas(*, by: Actor) -> list[Quota]:
    """The weekly slots of the own institutions' clinics, by clinic and half day."""
    rows = QUOTA.rows(by, "view").select_related("department")
    return list(rows.order_by("department__sequence", "department_id", "weekday", "-part", "pk"))


def use_of(source: str) -> BedUse | None:
    """What `source` uses now, with its place and department; an expired hold is none."""
    rows = BedUse.objects.filter(source=source, ended_at__isnull=True, period__contains=clock.now())
    return rows.select_related("bed__department", "pool__department").first()


SPAN: Final = """
SELECT lower(period), upper(period) FROM emr_beduse
WHERE source = %s AND ended_at IS NULL AND period @> %s::timestamptz
"""


def span_of(source: str) -> tuple[datetime, datetime | None] | None:
    """From when to when `source` uses a place now; None when it uses none."""
    with prepared.cursor() as cursor:
        cursor.execute(SPAN, [source, clock.now()])
        row: tuple[datetime, datetime | None] | None = cursor.fetchone()
        return row


def keeps_bed_open(bed_id: UUID) -> list[Text]:
    """Somebody lies in the bed, or it is kept for somebody: then it cannot close."""
    running = {"ended_at__isnull": True, "period__contains": clock.now(), "use__in": [Use.HELD, Use.OCCUPIED]}
    used = BedUse.objects.filter(bed=bed_id, **running).values_list("use", flat=True).first()
    if used is None:
        return []
    return [_("somebody lies in it") if used == Use.OCCUPIED else _("it is kept for somebody")]


def keeps_department_open(department_id: UUID) -> list[Text]:
    """Places known by number that are kept, and clinic half days that open by themselves every week."""
    running = {"ended_at__isnull": True, "period__contains": clock.now()}
    kept = BedUse.objects.filter(pool__department=department_id, **running).count()
    weekly = Quota.objects.filter(department=department_id).count()
    counted: list[tuple[int, Text]] = [
        (kept, ngettext_lazy("%(n)d place by number is kept.", "%(n)d places by number are kept.", "n")),
        (
            weekly,
            ngettext_lazy("%(n)d clinic half day opens weekly.", "%(n)d clinic half days open weekly.", "n"),
        ),
    ]
    return [words % {"n": number} for number, words in counted if number]


def over(*, by: Actor) -> list[UUID]:
    """Uses whose time is over and that nobody has written down as ended, the oldest first."""
    rows = BED_USE.rows(by, "expire").filter(ended_at__isnull=True, period__endswith__lte=clock.now())
    return list(rows.order_by("period", "pk").values_list("pk", flat=True)[:500])
