"""The statistics page: tiles, lines side by side, reasons, waiting times."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final
from uuid import UUID

from django.db.models import Value as Literal
from django.urls import reverse

from consortium import selectors as consortium
from kernel import clock
from kernel.actor import Actor
from referral.choices import (
    Basis,
    Group,
    Indicator,
    Unit,
)
from referral.engine import icd10
from referral.selectors.stats import bars
from referral.selectors.stats.course import begin, courses, steps_of
from referral.selectors.stats.cuts import Cut, Key, Quantiles, told
from referral.selectors.stats.goals import known_on
from referral.selectors.stats.measuring import Value, Values, cuts_of, folded, values_of
from referral.selectors.stats.spans import Span

BESIDE: Final = ("up", "down", "accept", "answer", "arrival", "no_show", "closure")
"""What stands side by side for each branch, department, disease or doctor."""
LINES: Final = 60
DENSE: Final = 3
"""So many legs in each step, on average, before a rate is drawn as a course."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the reader asks for. `narrowed`: column of the tally → value."""

    span: Span
    group: Group = Group.BRANCH
    sort: str = "closure"
    narrowed: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Tile:
    """One indicator now, in the span before, and its course; None is a gap."""

    value: Value
    before: Value
    course: Sequence[float | None]

    @property
    def indicator(self) -> Indicator:
        return self.value.indicator

    @property
    def dense(self) -> bool:
        """Whether a course says something: always for a count, for a rate only with some legs in each step."""
        if self.indicator.unit == Unit.COUNT:
            return True
        return self.value.whole >= DENSE * len(self.course)

    @property
    def change(self) -> float | None:
        """By how much it differs from the span before: legs, points of per cent, or minutes."""
        if self.value.size is None or self.before.size is None:
            return None
        return self.value.size - self.before.size


@dataclass(frozen=True, slots=True)
class Side:
    """One branch, department, disease or doctor."""

    key: str
    name: str
    values: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class SideRow:
    """The same as a row of the table: a cell for each column, the last one as a bar.

    A cell is the column's words, the address of the legs it counts, and the value.
    """

    key: str
    name: str
    next: str
    cells: Sequence[tuple[str, str, Value]]
    bar: float | None

    @property
    def last(self) -> Value:
        return self.cells[-1][2]

    @property
    def tone(self) -> str:
        return self.last.tone


@dataclass(frozen=True, slots=True)
class Statistics:
    """The page. `known`: the indicators with the goals that count on the span's last day."""

    asked: Asked
    known: Mapping[str, Indicator]
    tiles: Sequence[Tile]
    sides: Sequence[Side]
    reasons: Sequence[bars.Part]
    waits: Sequence[bars.Part]
    stands: Sequence[bars.Part]

    @property
    def sent(self) -> int:
        """Legs up and between peers that were submitted."""
        return sum(part.number for part in self.stands)

    def rows(self, kept: str) -> list[SideRow]:
        """The table: shares as they are, numbers and times as a share of the largest. `kept`: the page's own query,
        which goes on to the legs behind a number."""
        most = max((side.values[self.asked.sort].size or 0 for side in self.sides), default=0)
        columns = [
            (code, str(self.known[code].label), f"{reverse('referral:stats_rows', args=[code])}?{kept}&")
            for code in self.shown
        ]
        return [self._row(side, most, columns) for side in self.sides]

    def _row(self, side: Side, most: float, columns: Sequence[tuple[str, str, str]]) -> SideRow:
        value = side.values[self.asked.sort]
        bar = value.size
        if value.indicator.unit != Unit.SHARE and bar is not None:
            bar = 100 * bar / most if most else 0.0
        cells = [
            (label, self._address(address, side, side.values[code]), side.values[code])
            for code, label, address in columns
        ]
        return SideRow(side.key, side.name, NEXT[self.asked.group].value, cells, bar)

    def _address(self, legs: str, side: Side, value: Value) -> str:
        """The legs behind a number; where none counts, those it was counted of."""
        of_whole = "" if value.part else "&of=whole"
        return f"{legs}{self.asked.group.value}={side.key}{of_whole}" if side.key else ""

    @property
    def shown(self) -> list[str]:
        """The indicators that stand side by side, the one that orders last: its bar stands beside it."""
        return [*(code for code in BESIDE if code != self.asked.sort), self.asked.sort]


NEXT: Final[Mapping[Group, Group]] = {
    Group.BRANCH: Group.DOCTOR,
    Group.WARD: Group.CHAPTER,
    Group.CHAPTER: Group.BLOCK,
    Group.BLOCK: Group.BRANCH,
    Group.DOCTOR: Group.CHAPTER,
}
"""By what one goes on after choosing one of a group."""


def statistics(*, by: Actor, asked: Asked) -> Statistics:
    """Everything of the page, for the legs the actor counts, in one pass over the tallies and one for the times. Raises
    Refused (403) for who counts nothing."""
    known = known_on(asked.span.last)
    steps, sides = _step_cuts(asked.span, known), _side_cuts(asked, known)
    times = [one for one in known.values() if one.unit == Unit.SPAN]
    whole = Cut(Basis.SENT, asked.span, Literal(1), times)
    cuts = {**steps, **sides, "whole": whole, **bars.cuts(asked.span)}
    found = told(by, cuts, **asked.narrowed)
    return Statistics(
        asked=asked,
        known=known,
        tiles=_tiles(asked.span, known, values_of(found, steps), found["whole"].times.get(1, {})),
        sides=_sides(asked, known, values_of(found, sides)),
        reasons=bars.reasons(found["reasons"]),
        waits=bars.waits(found["waits"]),
        stands=bars.stands(found["stands"]),
    )


def _step_cuts(span: Span, known: Mapping[str, Indicator]) -> dict[str, Cut]:
    """Both spans, cut into the steps of the present one and the whole of the one before."""
    return cuts_of(steps_of(span), replace(span, since=span.before.since), known, known, name="step")


def _tiles(
    span: Span,
    known: Mapping[str, Indicator],
    steps: Mapping[Key, Values],
    times: Mapping[str, Quantiles],
) -> list[Tile]:
    """Each indicator now, before and in its course."""
    first = begin(span)
    before = next((values for moment, values in steps.items() if clock.local(moment) < first), {})
    now = folded((values for values in steps.values() if values is not before), known)
    drawn = courses(steps, span, known)
    return [
        Tile(
            replace(now[code], middle=middle, slow=slow),
            before.get(code) or Value(known[code]),
            drawn[code],
        )
        for code in known
        for middle, slow in (times.get(code, (None, None)),)
    ]


def _side_cuts(asked: Asked, known: Mapping[str, Indicator]) -> dict[str, Cut]:
    """Branches, departments, diseases or doctors side by side."""
    codes = dict.fromkeys((*BESIDE, asked.sort))
    return cuts_of(asked.group.value, asked.span, codes, known, name="side")


def _sides(asked: Asked, known: Mapping[str, Indicator], found: Mapping[Key, Values]) -> list[Side]:
    """The worst first by the chosen indicator."""
    names = _names(asked.group, found)
    empty = {code: Value(known[code]) for code in (*BESIDE, asked.sort)}
    lines = [Side(str(key or ""), names.get(key, ""), {**empty, **values}) for key, values in found.items()]
    return sorted(lines, key=lambda side: _worst(side.values[asked.sort], side))[:LINES]


def _worst(value: Value, side: Side) -> tuple[bool, float, int, str]:
    """Nothing to say last; then the worst; of equals the larger."""
    size = value.size
    rising = value.indicator.up and value.indicator.unit != Unit.COUNT
    number = side.values["up"].part + side.values["down"].part
    return size is None, (size or 0) * (1 if rising else -1), -number, side.name


def _names(group: Group, keys: Iterable[Any]) -> Mapping[Any, str]:
    known: Iterable[UUID] = [key for key in keys if key]
    if group == Group.BRANCH:
        return consortium.organisation_names(known)
    if group == Group.WARD:
        return consortium.department_names(known)
    if group == Group.DOCTOR:
        return consortium.names(known)
    return {key: f"{key} {icd10.name_of(str(key))}" for key in known}
