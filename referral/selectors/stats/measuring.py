"""The indicators as numbers: one pass over the tallies for each basis."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Aggregate, Count, DurationField, ExpressionWrapper, F, QuerySet

from kernel.actor import Actor
from referral.choices import INDICATORS, MOMENT, Basis, Indicator, Unit
from referral.models import Tally
from referral.policies import FIGURES
from referral.selectors.stats.conditions import COUNTED, condition
from referral.selectors.stats.spans import Span

P50, P90 = 0.5, 0.9
Key = Any


class Quantile(Aggregate):
    """percentile_cont: the value below which `share` of the rows lie, between neighbours in proportion."""

    function = "percentile_cont"
    template = "%(function)s(%(share)s) WITHIN GROUP (ORDER BY %(expressions)s)"

    def __init__(self, expression: Any, share: float, **extra: Any) -> None:
        super().__init__(expression, share=share, output_field=DurationField(), **extra)


@dataclass(frozen=True, slots=True)
class Value:
    """One indicator as counted: `part` legs of `whole`; for a span the middle and the slow end."""

    indicator: Indicator
    part: int = 0
    whole: int = 0
    middle: timedelta | None = None
    slow: timedelta | None = None

    @property
    def share(self) -> float | None:
        """Per cent; None of nothing."""
        return 100 * self.part / self.whole if self.whole else None

    @property
    def size(self) -> float | None:
        """The value to compare and to sort by: number, per cent, or seconds; None of nothing."""
        if self.indicator.unit == Unit.SPAN:
            return self.middle.total_seconds() if self.middle is not None else None
        return float(self.part) if self.indicator.unit == Unit.COUNT else self.share

    @property
    def tone(self) -> str:
        """How a share stands to its goal: "bad" ten points off, "warn" off, "" reached."""
        goal, share = self.indicator.goal, self.share
        if goal is None or share is None or self.indicator.unit != Unit.SHARE:
            return ""
        missed = goal - share if self.indicator.up else share - goal
        return "" if missed <= 0 else "bad" if missed >= 10 else "warn"

    @property
    def missed(self) -> float | None:
        """By how many points the goal is missed; None when it is reached or there is none."""
        goal, share = self.indicator.goal, self.share
        if not self.tone or goal is None or share is None:
            return None
        return abs(goal - share)


Values = Mapping[str, Value]


def may_export(*, by: Actor) -> bool:
    """Whether the actor may take the numbers out."""
    return FIGURES.allows(by, "export")


def rows(by: Actor, basis: Basis, span: Span, **narrowed: Any) -> QuerySet[Tally]:
    """The legs counted in the span, of those the actor counts."""
    return FIGURES.rows(by, "view").filter(COUNTED, **inside(basis, span), **narrowed)


def inside(basis: Basis, span: Span) -> dict[str, datetime]:
    """When the legs of a span were, as conditions of a filter."""
    name, later = MOMENT[basis]
    since, until = span.bounds
    return {f"{name}__gte": since - later, f"{name}__lt": until - later}


def took(indicator: Indicator) -> "ExpressionWrapper[Any]":
    """The span of a span indicator."""
    start, end = indicator.span
    return ExpressionWrapper(F(end) - F(start), output_field=DurationField())


def _aggregates(indicators: Iterable[Indicator], when: Mapping[str, datetime]) -> dict[str, Any]:
    wanted: dict[str, Any] = {}
    for one in indicators:
        part = condition(one.part, **when)
        wanted[f"{one.code}_part"] = Count("pk", filter=part)
        if one.whole:
            wanted[f"{one.code}_whole"] = Count("pk", filter=condition(one.whole, **when))
        if one.unit == Unit.SPAN:
            wanted[f"{one.code}_middle"] = Quantile(took(one), P50, filter=part)
            wanted[f"{one.code}_slow"] = Quantile(took(one), P90, filter=part)
    return wanted


def _values(indicators: Iterable[Indicator], row: Mapping[str, Any]) -> dict[str, Value]:
    return {
        one.code: Value(
            one,
            row[f"{one.code}_part"],
            row.get(f"{one.code}_whole", row[f"{one.code}_part"]),
            row.get(f"{one.code}_middle"),
            row.get(f"{one.code}_slow"),
        )
        for one in indicators
    }


def of_basis(codes: Iterable[str], known: Mapping[str, Indicator]) -> dict[Basis, list[Indicator]]:
    """The indicators by the day they are counted on."""
    found: dict[Basis, list[Indicator]] = {}
    for code in codes:
        found.setdefault(known[code].basis, []).append(known[code])
    return found


def measure(
    *,
    by: Actor,
    span: Span,
    codes: Iterable[str] = tuple(INDICATORS),
    known: Mapping[str, Indicator] = INDICATORS,
    **narrowed: Any,
) -> Values:
    """Each indicator over the span; one statement for each basis. `known`: the indicators with their goals."""
    told: dict[str, Value] = {}
    for basis, indicators in of_basis(codes, known).items():
        row = rows(by, basis, span, **narrowed).aggregate(**_aggregates(indicators, inside(basis, span)))
        told |= _values(indicators, row)
    return told


def measure_by(
    group: Any,
    *,
    by: Actor,
    span: Span,
    codes: Iterable[str],
    known: Mapping[str, Indicator] = INDICATORS,
    annotated: Mapping[Basis, Any] | None = None,
    **narrowed: Any,
) -> dict[Key, dict[str, Value]]:
    """The same for each value of a column, or of an expression that differs by basis (`annotated`)."""
    told: dict[Key, dict[str, Value]] = {}
    for basis, indicators in of_basis(codes, known).items():
        found = rows(by, basis, span, **narrowed)
        if annotated:
            found = found.annotate(**{group: annotated[basis]})
        for row in found.order_by().values(group).annotate(**_aggregates(indicators, inside(basis, span))):
            told.setdefault(row[group], {}).update(_values(indicators, row))
    return told
