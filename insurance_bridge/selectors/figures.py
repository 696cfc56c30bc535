"""What the insurance desks settled, and where their reconciliation stands."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

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
    """One institution's settlements, yuan; its open differences with the centre and the days it has not closed."""

    name: str
    number: int
    open: int
    total: Decimal
    funds: Decimal
    assistance: Decimal
    cash: Decimal
    differences: int = 0
    apart: Decimal = Decimal(0)
    unclosed: int = 0


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


def figures(*, by: Actor, days: int = 30, until: datetime | None = None, whole: bool = False) -> Figures:
    """Sums by institution of the `days` days up to `until` (today). `whole`: without the institutions."""
    end = clock.day_of(until or clock.now())
    rows = STATISTICS.rows(by, "view").filter(_in_span(end - timedelta(days=days), end))
    counted: dict[str, Any] = {
        "number": Count("pk", filter=Q(status__in=SETTLED)),
        "open": Count("pk", filter=Q(status__in=OPEN)),
        **{name: Sum(name, filter=Q(status__in=SETTLED), default=0) for name in SUMS},
    }
    sums = rows.aggregate(**counted)
    money: dict[str, Any] = {name: yuan(sums.pop(name)) for name in SUMS}
    still = _still_open(by)
    return Figures(
        **sums,
        **money,
        differences=sum(one.differences for one in still.values()),
        apart=sum((one.apart for one in still.values()), Decimal(0)),
        unclosed=sum(one.unclosed for one in still.values()),
        lines=[] if whole else _lines(rows, counted, still),
    )


@dataclass(frozen=True, slots=True)
class Still:
    """What an institution has left open by today: differences, what they come to in yuan, days."""

    differences: int
    apart: Decimal
    unclosed: int


def _still_open(by: Actor) -> dict[UUID, Still]:
    """By institution, whatever the span: an old difference is no smaller one."""
    cases = DIFFERENCES.rows(by, "view").filter(status=CaseStatus.OPEN).order_by()
    sums = cases.values("day__organisation").annotate(n=Count("pk"), sum=Sum(F("ours") - F("theirs")))
    cents = {place: (n, total) for place, n, total in sums.values_list("day__organisation", "n", "sum")}
    days = DAYS_COUNTED.rows(by, "view").filter(date__lt=clock.today()).exclude(status=DayStatus.CLOSED)
    left = dict(
        days.order_by().values("organisation").annotate(n=Count("pk")).values_list("organisation", "n")
    )
    return {
        place: Still(*_yuan_of(cents.get(place, (0, 0))), left.get(place, 0)) for place in {*cents, *left}
    }


def _yuan_of(told: tuple[int, int]) -> tuple[int, Decimal]:
    return told[0], yuan(told[1])


def _in_span(first: date, last: date) -> Q:
    """Settled on a day after `first` until `last`, or asked then and still open."""
    start, end = clock.day_bounds(first)[1], clock.day_bounds(last)[1]
    asked = Q(day_date=None, requested_at__gte=start, requested_at__lt=end)
    return Q(day_date__gt=first, day_date__lte=last) | asked


def _lines(rows: QuerySet[Settlement], counted: Mapping[str, Any], still: Mapping[UUID, Still]) -> list[Line]:
    """Every institution that settled in the span, or has left something open; there the most comes first."""
    found: dict[UUID, Any] = {
        row["organisation"]: row for row in rows.order_by().values("organisation").annotate(**counted)
    }
    names = consortium.organisation_names({*found, *still})
    lines = [_line(names.get(place, ""), found.get(place), still.get(place)) for place in {*found, *still}]
    return sorted(lines, key=lambda line: (-line.differences, -line.open, -line.total, line.name))


def _line(name: str, row: Mapping[str, Any] | None, still: Still | None) -> Line:
    told = row or dict.fromkeys(("number", "open", *SUMS), 0)
    left = still or Still(0, Decimal(0), 0)
    funds = told["pool"] + told["critical"] + told["assistance"] + told["other"]
    return Line(
        name,
        told["number"],
        told["open"],
        yuan(told["total"]),
        yuan(funds),
        yuan(told["assistance"]),
        yuan(told["cash"]),
        left.differences,
        left.apart,
        left.unclosed,
    )
