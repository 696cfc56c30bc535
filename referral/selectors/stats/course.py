"""A span in even steps: by which the legs are cut, and the indicators drawn as courses."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Case, DateTimeField, F, When
from django.db.models import Value as Literal
from django.db.models.functions import TruncDay, TruncHour, TruncMonth, TruncWeek

from kernel import clock
from referral.choices import INDICATORS, MOMENT, Basis, Unit
from referral.selectors.stats.measuring import Value
from referral.selectors.stats.spans import Span

TRUNCATED: Final = {"hour": TruncHour, "day": TruncDay, "week": TruncWeek, "month": TruncMonth}


def steps_of(span: Span) -> dict[Basis, Any]:
    """By basis: the beginning of the step in which a leg is counted; of one from before the span, that of the span
    before."""
    truncated, start = TRUNCATED[span.step], span.bounds[0]
    before = truncated(Literal(span.before.bounds[0], output_field=DateTimeField()), tzinfo=clock.COUNTY)
    return {
        basis: Case(
            When(**{f"{name}__lt": start - later}, then=before),
            default=truncated(F(name) + later, tzinfo=clock.COUNTY),
            output_field=DateTimeField(),
        )
        for basis, (name, later) in MOMENT.items()
    }


def courses(
    found: Mapping[datetime, Mapping[str, Value]], span: Span, codes: Iterable[str]
) -> dict[str, list[float | None]]:
    """Each indicator in the even steps of the span, up to now. No leg is a gap for a rate and 0 for a count."""
    values = {clock.local(moment): one for moment, one in found.items()}
    begun = _moments(span)
    return {code: [_point(values.get(moment, {}).get(code), code) for moment in begun] for code in codes}


def _point(value: Value | None, code: str) -> float | None:
    if value is None:
        return 0 if INDICATORS[code].unit == Unit.COUNT else None
    return value.size


def begin(span: Span) -> datetime:
    """The beginning of the span's first step; a week's may lie before the span."""
    first = clock.local(span.bounds[0])
    return first - timedelta(days=first.weekday()) if span.step == "week" else first


def _moments(span: Span) -> list[datetime]:
    """The beginnings of the span's steps that have begun."""
    first, end = begin(span), clock.local(span.bounds[1])
    found = []
    while first < end:
        found.append(first)
        first = _next(first, span.step)
    return found


def _next(moment: datetime, step: str) -> datetime:
    if step == "month":
        return (moment.replace(day=1) + timedelta(days=32)).replace(day=1)
    return moment + {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(days=7)}[step]
