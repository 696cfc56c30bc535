"""Figures of exams: what was asked, read, waits and was made again. Numbers and institutions, never a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any, Final

from django.db.models import Count, DurationField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet

from consortium import selectors as consortium
from diagnostics.choices import Status
from diagnostics.models import ExamRequest
from diagnostics.policies import STATISTICS
from kernel import clock
from kernel.actor import Actor

MADE: Final = (Status.EXAMINED, Status.CLAIMED, Status.DRAFT, Status.SUBMITTED, Status.PRELIMINARY)
"""Examined, and not finally reported yet."""
PARTS: Final = 10


@dataclass(frozen=True, slots=True)
class Line:
    """Exams one institution asked for."""

    name: str
    asked: int
    read: int
    waiting: int
    late: int
    again: int


@dataclass(frozen=True, slots=True)
class Figures:
    """Exams asked for in the `days` days before `until`.

    `again`: examined though the same exam of the same person was reported within the days it stays good (互认).
    `course`: exams reported in even parts of the span, oldest first.
    """

    asked: int
    read: int
    waiting: int
    late: int
    again: int
    read_in: timedelta | None
    course: list[int]
    lines: list[Line]


def figures(*, by: Actor, days: int = 30, until: datetime | None = None) -> Figures:
    """Counts by asking institution over the `days` days before `until` (now)."""
    end = until or clock.now()
    since = end - timedelta(days=days)
    rows = _with_repeats(STATISTICS.rows(by, "view").filter(requested_at__gte=since, requested_at__lt=end))
    counted = _counted(end)
    reported = rows.filter(reported_at__isnull=False, examined_at__isnull=False)
    times = list(reported.values_list("examined_at", "reported_at"))
    spans = [(told - made).total_seconds() for made, told in times if made and told]
    return Figures(
        **rows.aggregate(**counted),
        read_in=timedelta(seconds=median(spans)) if spans else None,
        course=_course([told for _made, told in times if told], since, end),
        lines=_lines(rows, counted),
    )


def _counted(end: datetime) -> dict[str, Count]:
    waiting = Q(status__in=MADE)
    return {
        "asked": Count("pk"),
        "read": Count("pk", filter=Q(status=Status.SIGNED)),
        "waiting": Count("pk", filter=waiting),
        "late": Count("pk", filter=waiting & Q(due_at__lt=end)),
        "again": Count("pk", filter=Q(repeats=True)),
    }


def _with_repeats(rows: QuerySet[ExamRequest]) -> QuerySet[Any]:
    """Marks exams made while an earlier one of the same kind and person was still good."""
    age = ExpressionWrapper(OuterRef("examined_at") - F("reported_at"), output_field=DurationField())
    earlier = (
        ExamRequest.objects.filter(
            patient__person=OuterRef("patient__person"),
            item=OuterRef("item"),
            reported_at__lt=OuterRef("examined_at"),
            item__repeat_days__gt=0,
        )
        .exclude(status=Status.CANCELLED)
        .annotate(age=age)
        .filter(age__lte=F("item__repeat_days") * timedelta(days=1))
    )
    return rows.annotate(repeats=Exists(earlier))


def _course(moments: Sequence[datetime], since: datetime, end: datetime) -> list[int]:
    parts = [0] * PARTS
    for moment in moments:
        parts[max(0, min(PARTS - 1, int((moment - since) / (end - since) * PARTS)))] += 1
    return parts


def _lines(rows: QuerySet[Any], counted: dict[str, Count]) -> list[Line]:
    """The same for each asking institution, the latest first."""
    found = rows.order_by().values("source").annotate(**counted).values_list("source", *counted)
    names = consortium.organisation_names([source for source, *_counts in found])
    lines = [Line(names.get(source, ""), *counts) for source, *counts in found]
    return sorted(lines, key=lambda line: (-line.late, -line.asked, line.name))
