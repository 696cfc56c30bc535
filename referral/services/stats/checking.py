"""The check of the statistics: tallies against histories, and the shown numbers against a second way of counting."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from consortium.choices import OrganisationKind
from kernel import audit, clock
from kernel.actor import Actor
from kernel.alarms import alarm
from referral import selectors
from referral.choices import INDICATORS, Period, Unit
from referral.engine.recount import Course, Happened, Legs, number, quantile
from referral.models import HistoryEntry, Referral, Tally
from referral.policies import REFERRAL
from referral.services.stats.counting import AT_ONCE, differs, made_again

CLOSE: Final = 0.001
"""Seconds by which two ways of taking a quantile may differ."""
NAMED: Final = 20
"""So many differences are named in the alarm's line of the audit record."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that is not as the history tells it: a leg's column, or an indicator of a month."""

    where: str
    name: str
    shown: Any
    counted: Any

    def __str__(self) -> str:
        return f"{self.where} {self.name}: {self.shown} ≠ {self.counted}"


@transaction.atomic
def compare(*, by: Actor, today: datetime | None = None) -> list[Difference]:
    """Hold every tally against its history, and this month and the one before, indicator by indicator, against a
    recount that knows neither tallies nor SQL. What differs is named, and rings."""
    found = [*_of_legs(by), *_of_numbers(by, clock.day_of(today) if today else clock.today())]
    detail: dict[str, str | int | bool] = {"differences": len(found)}
    detail |= {str(place): str(one)[:200] for place, one in enumerate(found[:NAMED])}
    audit.record(by=by, action="referral.figures_compared", detail=detail)
    if found:
        alarm("referral.figures_differ", by=by, level=2, detail={"differences": len(found)})
    return found


def _of_legs(by: Actor) -> Iterator[Difference]:
    legs = REFERRAL.rows(by, "notify").filter(entries__isnull=False).distinct()
    lot: list[Tally] = []
    for made in made_again(legs):
        lot.append(made)
        if len(lot) == AT_ONCE:
            yield from _lot(lot)
            lot = []
    yield from _lot(lot)


def _lot(made: list[Tally]) -> Iterator[Difference]:
    kept = Tally.objects.in_bulk([one.pk for one in made])
    for one in made:
        for name, stands in differs(kept.get(one.pk), one).items():
            yield Difference(str(one.pk), name, stands, getattr(one, name, None))


def _of_numbers(by: Actor, today: Any) -> Iterator[Difference]:
    legs = Legs(_courses(by))
    month = selectors.span(Period.MONTH, today)
    for span in (month, month.before):
        since, until = span.bounds
        for code, shown in selectors.measure(by=by, span=span).items():
            one = INDICATORS[code]
            counted = number(legs, one.part, one.basis, since, until)
            if shown.part != counted:
                yield Difference(str(span), code, shown.part, counted)
            whole = number(legs, one.whole, one.basis, since, until) if one.whole else shown.whole
            if shown.whole != whole:
                yield Difference(str(span), f"{code}, of all", shown.whole, whole)
            if one.unit == Unit.SPAN:
                yield from _of_quantiles(legs, str(span), shown, since, until)


def _of_quantiles(
    legs: Legs, where: str, shown: selectors.Value, since: datetime, until: datetime
) -> Iterator[Difference]:
    one = shown.indicator
    for name, stands, share in (("P50", shown.middle, 0.5), ("P90", shown.slow, 0.9)):
        counted = quantile(legs, one.part, share, since, until)
        gap = abs(stands - counted).total_seconds() if stands and counted else 0.0
        if (stands is None) != (counted is None) or gap > CLOSE:
            yield Difference(where, f"{one.code} {name}", stands, counted)


def _courses(by: Actor) -> Iterator[Course]:
    """Every leg with its history, a lot at a time."""
    pks = list(REFERRAL.rows(by, "notify").order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(pks), AT_ONCE):
        some = pks[start : start + AT_ONCE]
        entries: dict[UUID, list[Happened]] = {}
        rows = HistoryEntry.objects.filter(referral__in=some).order_by("referral", "version")
        for pk, event, after, at in rows.values_list("referral", "event", "after", "happened_at"):
            entries.setdefault(pk, []).append(Happened(event, after, at))
        legs = Referral.objects.filter(pk__in=some).select_related("source", "target", "parent", "patient")
        for leg in legs:
            yield course(leg, entries.get(leg.pk, []))


def course(leg: Referral, entries: list[Happened]) -> Course:
    """A leg for the second way of counting: its history, and of itself who, which way, from and to outside or not."""
    return Course(
        key=leg.pk,
        direction=leg.direction,
        person=leg.patient.person_id,
        outside=leg.target.kind == OrganisationKind.OUTSIDE,
        inbound=leg.source.kind == OrganisationKind.OUTSIDE,
        goes_on=leg.parent is not None
        and leg.parent.direction != "down"
        and leg.parent.target_id == leg.source_id,
        stays_there=leg.no_plan in ("cured", "goes_on"),
        entries=entries,
    )
