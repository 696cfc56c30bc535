"""What the insurance desks settled, and where their reconciliation stands."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from django.db.models import Count, F, Q, QuerySet, Sum

from consortium import selectors as consortium
from insurance_bridge.choices import CaseStatus, DayStatus, SettlementStatus
from insurance_bridge.models import Settlement
from insurance_bridge.policies import DAYS_COUNTED, DIFFERENCES, STATISTICS
from insurance_bridge.selectors.words import yuan
from kernel import clock
from kernel.actor import Actor

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
    """What was settled on the days of the span; yuan. `open`: asked and not answered yet, or set aside.

    `differences` with the insurance centre that nobody has ended yet, and what they come to (ours less theirs);
    `unclosed`: days before today that an institution has not closed.
    """

    number: int
    open: int
    differences: int
    apart: Decimal
    unclosed: int
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
    cases = DIFFERENCES.rows(by, "view").filter(status=CaseStatus.OPEN)
    still = cases.aggregate(differences=Count("pk"), apart=Sum(F("ours") - F("theirs"), default=0))
    days_left = DAYS_COUNTED.rows(by, "view").filter(date__lt=clock.today()).exclude(status=DayStatus.CLOSED)
    return Figures(
        **sums,
        **money,
        differences=still["differences"],
        apart=yuan(still["apart"]),
        unclosed=days_left.count(),
        lines=_lines(rows, counted),
    )


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
