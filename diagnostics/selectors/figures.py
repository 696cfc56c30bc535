"""Figures of exams: what was asked, read, waits and was made again. Numbers and institutions, never a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any, Final

from django.db.models import Count, DurationField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet

from consortium import selectors as consortium
from diagnostics.choices import Status
from diagnostics.models import CriticalValue, ExamRequest
from diagnostics.policies import STATISTICS
from kernel import clock
from kernel.actor import Actor

MADE: Final = (Status.EXAMINED, Status.CLAIMED, Status.DRAFT, Status.SUBMITTED, Status.PRELIMINARY)
"""Examined, and not finally reported yet."""
PARTS: Final = 10
UNANSWERED: Final = Q(acknowledged_at__isnull=True)
CRITICALS: Final = {
    "told": Count("pk"),
    "in_time": Count("pk", filter=Q(acknowledged_at__lte=F("due_at"))),
}


@dataclass(frozen=True, slots=True)
class Line:
    """Exams one institution asked for, and the critical values it was told (`told`) and read back in time."""

    name: str
    asked: int
    read: int
    waiting: int
    late: int
    again: int
    told: int = 0
    in_time: int = 0


@dataclass(frozen=True, slots=True)
class Figures:
    """Exams asked for in the `days` days before `until`.

    `again`: examined though the same exam of the same person was reported within the days it stays good (互认).
    `course`: exams reported in even parts of the span, oldest first. `told`: critical values, of them read back within
    their time (`in_time`); `unanswered`: those nobody has read back by now though their time is over.
    """

    asked: int
    read: int
    waiting: int
    late: int
    again: int
    read_in: timedelta | None
    course: list[int]
    lines: list[Line]
    told: int
    in_time: int
    unanswered: int

    @property
    def in_time_share(self) -> float | None:
        """Per cent of the critical values told that were read back within their time."""
        return 100.0 * self.in_time / self.told if self.told else None


def figures(*, by: Actor, days: int = 30, until: datetime | None = None, whole: bool = False) -> Figures:
    """Counts by asking institution over the `days` days before `until` (now). `whole`: without the institutions."""
    end = until or clock.now()
    since = end - timedelta(days=days)
    rows = _with_repeats(STATISTICS.rows(by, "view").filter(requested_at__gte=since, requested_at__lt=end))
    counted = _counted(end)
    mine = STATISTICS.rows(by, "view")
    criticals = CriticalValue.objects.filter(request__in=mine, raised_at__gte=since, raised_at__lt=end)
    reported = rows.filter(reported_at__isnull=False, examined_at__isnull=False)
    times = list(reported.values_list("examined_at", "reported_at"))
    spans = [(told - made).total_seconds() for made, told in times if made and told]
    return Figures(
        **rows.aggregate(**counted),
        read_in=timedelta(seconds=median(spans)) if spans else None,
        course=_course([told for _made, told in times if told], since, end),
        lines=[] if whole else _lines(rows, counted, criticals),
        **criticals.aggregate(**CRITICALS, unanswered=Count("pk", filter=UNANSWERED & Q(due_at__lt=end))),
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


def _lines(rows: QuerySet[Any], counted: dict[str, Count], criticals: QuerySet[CriticalValue]) -> list[Line]:
    """The same for each asking institution, the latest first."""
    found = list(rows.order_by().values("source").annotate(**counted).values_list("source", *counted))
    told = criticals.order_by().values("request__source").annotate(**CRITICALS)
    heard = {source: counts for source, *counts in told.values_list("request__source", *CRITICALS)}
    names = consortium.organisation_names([source for source, *_counts in found])
    told_of: list[list[Any]] = [
        [names.get(source, ""), *counts, *heard.get(source, (0, 0))] for source, *counts in found
    ]
    lines = [Line(*one) for one in told_of]
    return sorted(lines, key=lambda line: (-line.late, -line.asked, line.name))
