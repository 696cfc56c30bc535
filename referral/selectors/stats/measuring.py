"""The indicators as numbers."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.db.models import Value as Literal

from kernel.actor import Actor
from referral.choices import INDICATORS, Basis, Indicator, Unit
from referral.models import Tally
from referral.policies import FIGURES
from referral.selectors.stats.conditions import COUNTED
from referral.selectors.stats.cuts import Cut, Key, Quantiles, Told, inside, told
from referral.selectors.stats.spans import Span


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


def _of_basis(codes: Iterable[str], known: Mapping[str, Indicator]) -> dict[Basis, list[Indicator]]:
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
    **narrowed: Any,
) -> Values:
    """Each indicator over the span; one statement, one more for times."""
    codes = tuple(codes)
    cuts = cuts_of(Literal(1), span, codes)
    found = values_of(told(by, cuts, **narrowed), cuts).get(1, {})
    return {code: found.get(code) or Value(INDICATORS[code]) for code in codes}


def cuts_of(
    group: Any,
    span: Span,
    codes: Iterable[str],
    known: Mapping[str, Indicator] = INDICATORS,
    *,
    name: str = "by",
) -> dict[str, Cut]:
    """The cuts that the indicators need, one for each basis they are counted on. `group`: a column, an expression, or
    one for each basis; `name`: what theirs begin with."""
    return {
        f"{name}_{basis}": Cut(basis, span, group[basis] if isinstance(group, Mapping) else group, some)
        for basis, some in _of_basis(codes, known).items()
    }


def values_of(found: Mapping[str, Told], cuts: Mapping[str, Cut]) -> dict[Key, dict[str, Value]]:
    """What these cuts tell, as the values of their indicators."""
    values: dict[Key, dict[str, Value]] = {}
    for name, cut in cuts.items():
        for key, numbers in found[name].numbers.items():
            if numbers.keys().isdisjoint(cut.conditions):
                continue  # legs that none of its indicators counts
            times = found[name].times.get(key, {})
            values.setdefault(key, {}).update(_values(cut.indicators, numbers, times))
    return values


def _values(
    indicators: Iterable[Indicator], numbers: Counter[str], spans: Mapping[str, Quantiles]
) -> dict[str, Value]:
    return {
        one.code: Value(
            one, numbers[one.part], numbers[one.whole or one.part], *spans.get(one.code, (None, None))
        )
        for one in indicators
    }


def folded(parts: Iterable[Values], known: Mapping[str, Indicator]) -> Values:
    """The numbers of parts of a span as those of the whole; middles and slow ends do not add up."""
    added = {code: Value(one) for code, one in known.items()}
    for values in parts:
        for code, one in values.items():
            before = added[code]
            added[code] = Value(before.indicator, before.part + one.part, before.whole + one.whole)
    return added
