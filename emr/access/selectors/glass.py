"""Break-glass: what is open now, what waits for its judge, and what the security manager sees of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import QuerySet

from consortium import selectors as consortium
from emr.access.choices import REMIND_BEFORE, Basis, Verdict
from emr.access.models import BreakGlass, Ground, Opening
from emr.access.policies import BREAK_GLASS
from kernel import clock
from kernel.actor import Actor
from kernel.database import prepared
from kernel.errors import Text


@dataclass(frozen=True, slots=True)
class GlassOpen:
    """A break-glass of this actor that still opens the record."""

    id: UUID
    opened_at: datetime
    until_at: datetime
    due_at: datetime


GLASS: Final = """
SELECT b.id, b.opened_at, g.until_at, b.due_at FROM emr_breakglass b JOIN emr_ground g ON g.id = b.ground_id
WHERE b.opened_by_id = %s AND b.patient_id = %s AND g.closed_at IS NULL AND g.until_at > %s
ORDER BY b.opened_at DESC, b.id DESC LIMIT 1
"""


def glass_open(*, by: Actor, patient_id: UUID, now: datetime) -> GlassOpen | None:
    """The actor's running break-glass on this patient, for the amber tag in the banner."""
    with prepared.cursor() as cursor:
        cursor.execute(GLASS, [by.id, patient_id, now])
        found = cursor.fetchone()
    return GlassOpen(*found) if found else None


WAITING: Final = (Verdict.PENDING, Verdict.UNCLEAR)
"""What still needs a verdict; "explanation needed" waits on."""


def reviews(*, by: Actor, everything: bool = False) -> QuerySet[BreakGlass]:
    """Break-glass openings this institution judges, the first due first: those that wait, or all."""
    rows = BREAK_GLASS.rows(by, "view").select_related("opened_by", "organisation", "ground")
    if not everything:
        rows = rows.filter(verdict__in=WAITING)
    return rows.order_by("due_at", "pk")


def review(*, by: Actor, pk: UUID) -> BreakGlass:
    """One break-glass opening for its judge."""
    return BREAK_GLASS.fetch(by, "view", pk)


def followed_by_ground(row: BreakGlass) -> bool:
    """Whether an ordinary reason to read came within a day of the break-glass, for the same institution."""
    grounds = Ground.objects.filter(
        patient__person__patients=row.patient_id,
        organisation=row.organisation_id,
        opened_at__range=(row.opened_at, row.opened_at + timedelta(days=1)),
    )
    return grounds.exclude(basis=Basis.BREAK_GLASS).exists()


def looks_under(row: BreakGlass) -> int:
    """How many openings of the record rested on this break-glass."""
    return Opening.objects.filter(
        patient=row.patient_id,
        actor_id=row.opened_by_id,
        basis=Basis.BREAK_GLASS,
        opened_at__gte=row.opened_at,
    ).count()


def awaiting(*, now: datetime) -> list[BreakGlass]:
    """Openings without a verdict whose review is due within a day or was due: for the reminder."""
    rows = BreakGlass.objects.filter(verdict__in=WAITING, due_at__lt=now + REMIND_BEFORE)
    return list(rows.order_by("due_at", "pk"))


@dataclass(frozen=True, slots=True)
class GlassSeen:
    """An opening as the security manager sees it: who, when, why, what became of it; never whose record."""

    id: UUID
    opened_by: str
    organisation: str
    review_place: str
    opened_at: datetime
    reason_text: Text
    explanation: str
    sensitive: bool
    due_at: datetime
    verdict: str
    verdict_text: Text
    reviewed_at: datetime | None
    reviewed_by: str
    late: bool


def overview(*, by: Actor) -> list[GlassSeen]:
    """The last openings of the county, those without a verdict first."""
    found = list(BREAK_GLASS.rows(by, "oversee").order_by("-opened_at", "-pk")[:100])
    found.sort(key=lambda row: row.verdict not in WAITING)
    people = consortium.names({row.opened_by_id for row in found} | {row.reviewed_by_id for row in found})
    places = consortium.organisation_names(
        [row.organisation_id for row in found] + [row.review_place_id for row in found if row.review_place_id]
    )
    return [_seen(row, people, places) for row in found]


def _seen(row: BreakGlass, people: dict[UUID, str], places: dict[UUID, str]) -> GlassSeen:
    return GlassSeen(
        id=row.pk,
        opened_by=people.get(row.opened_by_id, ""),
        organisation=places.get(row.organisation_id, ""),
        review_place=places.get(row.review_place_id, "") if row.review_place_id else "",
        opened_at=row.opened_at,
        reason_text=row.get_reason_display(),
        explanation=row.explanation,
        sensitive=bool(row.sensitive_reason),
        due_at=row.due_at,
        verdict=row.verdict,
        verdict_text=row.get_verdict_display(),
        reviewed_at=row.reviewed_at,
        reviewed_by=people.get(row.reviewed_by_id, "") if row.reviewed_by_id else "",
        late=row.verdict in WAITING and row.due_at < clock.now(),
    )
