"""What the insurance desks settled, and for whom the help that is due did not come."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum

from consortium import selectors as consortium
from insurance_bridge.choices import CaseStatus, SettlementStatus
from insurance_bridge.models import Settlement, Visit
from insurance_bridge.policies import DIFFERENCES, RELIEF, STATISTICS
from insurance_bridge.selectors.words import identities, yuan
from kernel import clock
from kernel.actor import Actor
from kernel.errors import Text

SETTLED: Final = (SettlementStatus.SETTLED, SettlementStatus.PAID)
OPEN: Final = (SettlementStatus.REQUESTED, SettlementStatus.CANCELLING, SettlementStatus.QUARANTINE)
SUMS: Final = ("total", "pool", "critical", "assistance", "other", "account", "cash")


@dataclass(frozen=True, slots=True)
class Line:
    """One institution's settlements; yuan."""

    name: str
    number: int
    open: int
    total: Decimal
    funds: Decimal
    assistance: Decimal
    cash: Decimal


@dataclass(frozen=True, slots=True)
class Figures:
    """What was settled on the days of the span; yuan. `open`: asked and not answered yet, or set aside."""

    number: int
    open: int
    differences: int
    total: Decimal
    pool: Decimal
    critical: Decimal
    assistance: Decimal
    other: Decimal
    account: Decimal
    cash: Decimal
    lines: list[Line]

    @property
    def funds(self) -> Decimal:
        """What insurance and assistance paid together."""
        return self.pool + self.critical + self.assistance + self.other

    @property
    def funds_share(self) -> float | None:
        """Per cent of the whole that the funds paid."""
        return float(100 * self.funds / self.total) if self.total else None


def figures(*, by: Actor, days: int = 30, until: datetime | None = None) -> Figures:
    """Sums by institution of the `days` days up to `until` (today)."""
    end = clock.day_of(until or clock.now())
    rows = STATISTICS.rows(by, "view").filter(_in_span(end - timedelta(days=days), end))
    counted: dict[str, Any] = {
        "number": Count("pk", filter=Q(status__in=SETTLED)),
        "open": Count("pk", filter=Q(status__in=OPEN)),
        **{name: Sum(name, filter=Q(status__in=SETTLED), default=0) for name in SUMS},
    }
    sums = rows.aggregate(**counted)
    money: dict[str, Any] = {name: yuan(sums.pop(name)) for name in SUMS}
    differences = DIFFERENCES.rows(by, "view").filter(status=CaseStatus.OPEN).count()
    return Figures(**sums, **money, differences=differences, lines=_lines(rows, counted))


def _in_span(first: date, last: date) -> Q:
    """Settled on a day after `first` until `last`, or asked then and still open."""
    start, end = clock.day_bounds(first)[1], clock.day_bounds(last)[1]
    asked = Q(day_date=None, requested_at__gte=start, requested_at__lt=end)
    return Q(day_date__gt=first, day_date__lte=last) | asked


def _lines(rows: QuerySet[Settlement], counted: Mapping[str, Any]) -> list[Line]:
    found: list[Any] = list(rows.order_by().values("organisation").annotate(**counted))
    names = consortium.organisation_names([row["organisation"] for row in found])
    lines = [
        Line(
            names.get(row["organisation"], ""),
            row["number"],
            row["open"],
            yuan(row["total"]),
            yuan(row["pool"] + row["critical"] + row["assistance"] + row["other"]),
            yuan(row["assistance"]),
            yuan(row["cash"]),
        )
        for row in found
    ]
    return sorted(lines, key=lambda line: (-line.open, -line.total, line.name))


@dataclass(frozen=True, slots=True)
class Relief:
    """One visit of a person with a welfare identity that is valid now; yuan.

    `state`: "treated" (no settlement yet), "open" (asked, no answer), "unaided" (settled, no assistance paid).
    """

    patient_id: UUID
    identities: list[tuple[Text, str]]
    place: str
    begun_at: datetime
    state: str
    total: Decimal
    cash: Decimal


def relief(*, by: Actor, days: int = 90) -> list[Relief]:
    """Visits with a welfare identity that are not settled, or settled without assistance; longest open first."""
    since = clock.now() - timedelta(days=days)
    rows = RELIEF.rows(by, "view").exclude(identities=[]).filter(begun_at__gte=since)
    visits = list(rows.prefetch_related("settlements").order_by("begun_at", "pk")[:500])
    places = consortium.organisation_names([visit.organisation_id for visit in visits])
    found = [_relief(visit, places.get(visit.organisation_id, "")) for visit in visits if identities(visit)]
    return [row for row in found if row.state]


def _relief(visit: Visit, place: str) -> Relief:
    standing = [one for one in visit.settlements.all() if one.status in (*SETTLED, *OPEN)]
    settled = [one for one in standing if one.status in SETTLED]
    state = "treated" if not standing else "open" if not settled else ""
    if settled and not any(one.assistance for one in settled):
        state = "unaided"
    return Relief(
        patient_id=visit.patient_id,
        identities=identities(visit),
        place=place,
        begun_at=visit.begun_at,
        state=state,
        total=yuan(sum(one.total for one in settled)),
        cash=yuan(sum(one.cash for one in settled)),
    )
