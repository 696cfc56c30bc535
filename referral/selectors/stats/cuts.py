"""Cuts: the legs of a span by one thing. However many a page asks for, one pass over the tallies counts them all."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any, Final, TypeAlias
from uuid import UUID

from django.db.models import (
    Aggregate,
    BooleanField,
    Case,
    Count,
    DurationField,
    Expression,
    ExpressionWrapper,
    F,
    Field,
    Func,
    Q,
    QuerySet,
    UUIDField,
    When,
)
from django.db.models import Value as Literal
from django.db.models.functions import Coalesce

from kernel.actor import Actor
from referral.choices import BIT, HOLDS, MOMENT, Basis, Indicator, Unit
from referral.models import Tally
from referral.policies import FIGURES
from referral.selectors.stats.conditions import COUNTED, condition
from referral.selectors.stats.spans import Span

NOBODY: Final = UUID(int=0)
"""In the database's answer: the value of a leg that has no department or no doctor."""
ALL: Final = ""
"""Beside the names of conditions: every leg of the cut."""
EVERY: Final = Q()
ENDS: Final = {"middle": 0.5, "slow": 0.9}
Key: TypeAlias = Any
Quantiles: TypeAlias = tuple[timedelta | None, timedelta | None]
"""The middle (P50) and the slow end (P90)."""


@dataclass(frozen=True, slots=True)
class Cut:
    """The legs that `legs` tells, of those counted in a span, by the value of `by`: the name of a column, or an
    expression that has a value for each of them. `indicators`: what is counted of them."""

    basis: Basis
    span: Span
    by: Any
    indicators: Sequence[Indicator] = ()
    legs: Q = EVERY

    @property
    def counted(self) -> Case:
        """Its value, NULL for a leg outside it."""
        return Case(When(Q(**inside(self.basis, self.span)) & self.legs, then=self.value))

    @property
    def conditions(self) -> set[str]:
        return {name for one in self.indicators for name in (one.part, one.whole) if name}

    @property
    def times(self) -> list[Indicator]:
        return [one for one in self.indicators if one.unit == Unit.SPAN]

    @property
    def value(self) -> Any:
        """Never NULL for a leg of the cut."""
        if not isinstance(self.by, str):
            return self.by
        if Tally._meta.get_field(self.by).null:
            return Coalesce(self.by, Literal(NOBODY), output_field=UUIDField())
        return F(self.by)


@dataclass(frozen=True, slots=True)
class Told:
    """One cut by its values: how many legs meet each condition, and middle and slow end of each time."""

    numbers: Mapping[Key, Counter[str]]
    times: Mapping[Key, Mapping[str, Quantiles]]


class _Sets(Expression):
    """What stands after GROUP BY: each cut apart, under its name in the SELECT list."""

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__(output_field=Field())
        self.names = names

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[str | int, ...]]:
        apart = ", ".join(f"({connection.ops.quote_name(name)})" for name in self.names)
        return f"GROUPING SETS ({apart})", ()


class _Selected(Func):
    """In the SELECT list, and in GROUP BY only as `_apart` says it."""

    template = "%(expressions)s"

    def get_group_by_cols(self) -> list[Any]:
        return []

    @property
    def identity(self) -> Any:
        """Itself: Django asks for that of every expression of a SELECT list, and would compare what it is made of."""
        return id(self)


class Quantile(Aggregate):
    """percentile_cont: the value below which `share` of the rows lie, between neighbours in proportion."""

    function = "percentile_cont"
    template = "%(function)s(%(share)s) WITHIN GROUP (ORDER BY %(expressions)s)"

    def __init__(self, expression: Any, share: float, **extra: Any) -> None:
        super().__init__(expression, share=share, output_field=DurationField(), **extra)


def took(indicator: Indicator) -> "ExpressionWrapper[Any]":
    """The span of a span indicator."""
    start, end = indicator.span
    return ExpressionWrapper(F(end) - F(start), output_field=DurationField())


def inside(basis: Basis, span: Span) -> dict[str, datetime]:
    """When the legs of a span were, as conditions of a filter."""
    name, later = MOMENT[basis]
    since, until = span.bounds
    return {f"{name}__gte": since - later, f"{name}__lt": until - later}


def told(by: Actor, cuts: Mapping[str, Cut], **narrowed: Any) -> dict[str, Told]:
    """Each cut under its name, of the legs the actor counts: one statement, one more where times are measured."""
    ground = FIGURES.rows(by, "view").filter(COUNTED, **narrowed).order_by()
    timed = {name: cut for name, cut in cuts.items() if cut.times}
    numbers, times = _numbers(ground, cuts), _times(ground, timed) if timed else {}
    return {name: Told(numbers[name], times.get(name, {})) for name in cuts}


def _cut(ground: QuerySet[Tally], cuts: Mapping[str, Cut]) -> QuerySet[Tally]:
    """The legs that are in one of these, with their value in each: NULL outside it, and in the rows of other sets."""
    columns = {name: _Selected(cut.counted, output_field=Field()) for name, cut in cuts.items()}
    return ground.filter(reduce(or_, _grounds(cuts.values()))).annotate(**columns)


def _apart(found: QuerySet[Tally, Any], cuts: Iterable[str], *also: str) -> QuerySet[Tally, Any]:
    """Grouped by each cut apart, and inside it by these; Django has no words for that."""
    found.query.group_by = (*also, _Sets(tuple(cuts)))  # type: ignore[assignment]  # expressions stand here as well
    return found


def _grounds(cuts: Iterable[Cut]) -> Iterable[Q]:
    """For each basis the legs of the widest span; of an indicator that stands alone on its day only those that count
    for it: its index holds no others."""
    of_basis: dict[Basis, list[Cut]] = defaultdict(list)
    for cut in cuts:
        of_basis[cut.basis].append(cut)
    for basis, some in of_basis.items():
        widest = Q(**inside(basis, _widest(some)))
        one = _alone([indicator for cut in some for indicator in cut.indicators])
        yield widest & (condition(one.whole) | HOLDS.get(one.part, Q())) if one else widest


def _alone(indicators: Sequence[Indicator]) -> Indicator | None:
    """The one share among these, where there is no other indicator."""
    first = indicators[0] if indicators else None
    return first if first and first.whole and all(one.code == first.code for one in indicators) else None


def _widest(cuts: Collection[Cut]) -> Span:
    since, until = min(cut.span.since for cut in cuts), max(cut.span.until for cut in cuts)
    return replace(next(iter(cuts)).span, since=since, until=until)


def _numbers(ground: QuerySet[Tally], cuts: Mapping[str, Cut]) -> dict[str, dict[Key, Counter[str]]]:
    """The database counts the legs by what they meet, here a condition is added up."""
    conditions = {name: cut.conditions for name, cut in cuts.items()}
    beside = sorted(set().union(*conditions.values()) - HOLDS.keys())
    kinds = _cut(ground, cuts).annotate(**{one: _looked_up(one, cuts) for one in beside})
    counted = kinds.values_list(*cuts, "meets", *beside).annotate(number=Count("pk"))
    rows = _apart(counted, cuts, "meets", *beside)
    found: dict[str, dict[Key, Counter[str]]] = {name: defaultdict(Counter) for name in cuts}
    for values, (meets, *looked_up, number) in _parted(rows, len(cuts)):
        held = dict(zip(beside, looked_up, strict=True))
        for name, key in _place(cuts, values):
            counter = found[name][key]
            counter[ALL] += number
            for one in conditions[name]:
                if held[one] if one in held else meets & BIT[one]:
                    counter[one] += number
    return found


def _looked_up(name: str, cuts: Mapping[str, Cut]) -> _Selected:
    """A condition that looks at other legs as well: asked for the legs that are counted by it, not for all."""
    asking = [cut for cut in cuts.values() if name in cut.conditions]
    held = condition(name, **inside(asking[0].basis, _widest(asking)))
    return _Selected(held, output_field=BooleanField())


def _times(ground: QuerySet[Tally], cuts: Mapping[str, Cut]) -> dict[str, dict[Key, dict[str, Quantiles]]]:
    asked = {one.code: one for cut in cuts.values() for one in cut.times}
    wanted = {
        f"{code}_{end}": Quantile(took(one), share, filter=condition(one.part))
        for code, one in asked.items()
        for end, share in ENDS.items()
    }
    found: dict[str, dict[Key, dict[str, Quantiles]]] = {name: {} for name in cuts}
    rows = _apart(_cut(ground, cuts).values_list(*cuts).annotate(**wanted), cuts)
    for values, ends in _parted(rows, len(cuts)):
        for name, key in _place(cuts, values):
            found[name][key] = dict(zip(asked, zip(ends[::2], ends[1::2], strict=True), strict=True))
    return found


def _parted(rows: Iterable[Sequence[Any]], at: int) -> Iterable[tuple[Sequence[Any], Sequence[Any]]]:
    return ((row[:at], row[at:]) for row in rows)


def _place(cuts: Iterable[str], values: Sequence[Any]) -> Iterable[tuple[str, Key]]:
    """The cut and the value in it that a row tells of; none: legs of this set's own outside."""
    return [
        (name, None if key == NOBODY else key)
        for name, key in zip(cuts, values, strict=True)
        if key is not None
    ]
