"""The indicators as numbers: one pass over the tallies for each basis."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Final

from django.db.models import Aggregate, BooleanField, Count, DurationField, ExpressionWrapper, F, QuerySet

from kernel.actor import Actor
from referral.choices import BIT, HOLDS, INDICATORS, MOMENT, Basis, Indicator, Unit
from referral.models import Tally
from referral.policies import FIGURES
from referral.selectors.stats.conditions import COUNTED, condition
from referral.selectors.stats.spans import Span

P50, P90 = 0.5, 0.9
NOTHING: Final[Mapping[Basis, Any]] = MappingProxyType({})
Key = Any
Quantiles = tuple[timedelta | None, timedelta | None]
"""The middle and the slow end."""


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


def _counts(
    found: QuerySet[Tally], group: str, indicators: Sequence[Indicator], when: Mapping[str, datetime]
) -> dict[Key, Counter[str]]:
    """How many legs meet each condition, by value of the group: the database counts the legs by what they meet, here a
    condition is added up. One statement."""
    names = {name for one in indicators for name in (one.part, one.whole) if name}
    others = sorted(names - HOLDS.keys())
    asked = {name: ExpressionWrapper(condition(name, **when), output_field=BooleanField()) for name in others}
    kinds = found.annotate(**asked).order_by().values(*filter(None, [group]), "meets", *others)
    told: dict[Key, Counter[str]] = defaultdict(Counter)
    for row in kinds.annotate(number=Count("pk")):
        for name in names:
            if row[name] if name in others else row["meets"] & BIT[name]:
                told[row.get(group)][name] += row["number"]
    return told


def quantiles(
    found: QuerySet[Tally], group: str, indicators: Iterable[Indicator]
) -> dict[Key, dict[str, Quantiles]]:
    """Middle and slow end of each span, by value of the group (None without one); at most one statement."""
    spans = [one for one in indicators if one.unit == Unit.SPAN]
    ends = {"middle": P50, "slow": P90}
    wanted = {
        f"{one.code}_{end}": Quantile(took(one), share, filter=condition(one.part))
        for one in spans
        for end, share in ends.items()
    }
    if not wanted:
        return {}
    lines = found.order_by().values(group).annotate(**wanted) if group else [found.aggregate(**wanted)]
    return {
        line.get(group): {one.code: (line[f"{one.code}_middle"], line[f"{one.code}_slow"]) for one in spans}
        for line in lines
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
    """Each indicator over the span; one statement for each basis, one more for spans. `known`: the indicators with
    their goals."""
    codes = tuple(codes)
    told = _measured("", by, span, codes, known, NOTHING, narrowed).get(None, {})
    return {code: told.get(code) or Value(known[code]) for code in codes}


def measure_by(
    group: str,
    *,
    by: Actor,
    span: Span,
    codes: Iterable[str],
    known: Mapping[str, Indicator] = INDICATORS,
    annotated: Mapping[Basis, Any] = NOTHING,
    **narrowed: Any,
) -> dict[Key, dict[str, Value]]:
    """The same for each value of a column, or of an expression that differs by basis (`annotated`)."""
    return _measured(group, by, span, codes, known, annotated, narrowed)


def _measured(
    group: str,
    by: Actor,
    span: Span,
    codes: Iterable[str],
    known: Mapping[str, Indicator],
    annotated: Mapping[Basis, Any],
    narrowed: Mapping[str, Any],
) -> dict[Key, dict[str, Value]]:
    told: dict[Key, dict[str, Value]] = {}
    for basis, indicators in of_basis(codes, known).items():
        found = rows(by, basis, span, **narrowed)
        if annotated:
            found = found.annotate(**{group: annotated[basis]})
        counted = _counts(_of_these(found, indicators), group, indicators, inside(basis, span))
        spans = quantiles(found, group, indicators)
        for key, numbers in counted.items():
            told.setdefault(key, {}).update(_values(indicators, numbers, spans.get(key, {})))
    return told


def _of_these(found: QuerySet[Tally], indicators: Sequence[Indicator]) -> QuerySet[Tally]:
    """Only the legs that count for an indicator that stands alone on its day: its index holds no others."""
    if len(indicators) != 1 or not indicators[0].whole:
        return found
    whole = condition(indicators[0].whole)
    return found.filter(whole | HOLDS.get(indicators[0].part, whole))


def _values(
    indicators: Iterable[Indicator], numbers: Counter[str], spans: Mapping[str, Quantiles]
) -> dict[str, Value]:
    return {
        one.code: Value(
            one, numbers[one.part], numbers[one.whole or one.part], *spans.get(one.code, (None, None))
        )
        for one in indicators
    }


def folded(
    told: Iterable[Mapping[str, Value]], codes: Iterable[str], known: Mapping[str, Indicator]
) -> Values:
    """The numbers of parts of a span as those of the whole; middles and slow ends do not add up."""
    added = {code: Value(known[code]) for code in codes}
    for values in told:
        for code, one in values.items():
            before = added[code]
            added[code] = Value(before.indicator, before.part + one.part, before.whole + one.whole)
    return added
