"""What waits for somebody on the requesting side; readers' work is answered by ecg and imaging."""

from typing import cast

from django.db.models import Count as Number
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from consortium.choices import Role
from diagnostics.choices import REPORTED, WAITS_FOR_TECHNOLOGIST, Outcome
from diagnostics.models import CriticalValue, ExamRequest
from diagnostics.policies import CRITICAL, ORDERERS, READERS, REQUEST
from diagnostics.selectors.critical import answers, found
from diagnostics.selectors.orders import places
from kernel import clock
from kernel.actor import Actor
from kernel.work import Count, Priority, Waiting, Work

MOST = 10


def work(*, by: Actor) -> Work:
    """Critical values to read back, new reports, exams to be made.

    Who found critical values sees how many nobody has read back; who was only called sees no more than those.
    """
    if not answers(by):
        return Work(_told(by)) if by.has(*READERS) else Work()
    critical = waiting_criticals(by)
    if not by.has(*ORDERERS, Role.TECHNOLOGIST):
        return Work(_critical_tile(critical) if critical else (), tuple(map(read_back, critical)))
    rows, new = REQUEST.rows(by, "list"), Q(places(by, "reports"), status__in=REPORTED, seen_at__isnull=True)
    to_make = Q(places(by, "waiting"), status__in=WAITS_FOR_TECHNOLOGIST)
    numbers = rows.aggregate(reports=Number("pk", filter=new), waiting=Number("pk", filter=to_make))
    orders = reverse("diagnostics:orders")
    tiles = (
        *_critical_tile(critical),
        Count("reports", _("New reports"), numbers["reports"], f"{orders}?tab=reports"),
        Count("to_examine", _("To be examined"), numbers["waiting"], f"{orders}?tab=waiting"),
    )
    if by.has(Role.TECHNOLOGIST):
        return Work(tiles, (*map(read_back, critical), *map(to_examine, _first(rows.filter(to_make)))))
    positive = rows.filter(new, reports__outcome__in=[Outcome.ABNORMAL, Outcome.CRITICAL]).distinct()
    lines = [read_back(row) for row in critical]
    lines += [
        positive_report(row) for row in positive.select_related("item").order_by("-reported_at", "pk")[:MOST]
    ]
    return Work(counts=tiles, waiting=tuple(lines))


def _told(by: Actor) -> tuple[Count, ...]:
    """What one's own centre told and nobody has read back yet."""
    rows = found(by).filter(acknowledged_at__isnull=True)
    numbers = rows.aggregate(all=Number("pk"), late=Number("pk", filter=Q(due_at__lt=clock.now())))
    url = reverse("diagnostics:criticals")
    return (
        Count("criticals", _("Critical values not read back"), numbers["all"], url, late=numbers["late"]),
    )


def _critical_tile(rows: list[CriticalValue]) -> tuple[Count, ...]:
    late = sum(1 for row in rows if row.due_at < clock.now())
    return (Count("criticals", _("Critical values"), len(rows), reverse("diagnostics:criticals"), late=late),)


def waiting_criticals(by: Actor) -> list[CriticalValue]:
    rows = CRITICAL.rows(by, "acknowledge").filter(acknowledged_at__isnull=True)
    return list(rows.select_related("request__item").order_by("due_at", "pk")[:MOST])


def read_back(row: CriticalValue) -> Waiting:
    return Waiting(
        key=f"critical:{row.pk}",
        what=_("Critical value"),
        url=reverse("diagnostics:critical", args=[row.pk]),
        action=_("Read back"),
        priority="emergency",
        patient_id=row.request.patient_id,
        sub=row.text,
        since=row.raised_at,
        due_at=row.due_at,
    )


def _first(rows: QuerySet[ExamRequest]) -> list[ExamRequest]:
    return list(rows.select_related("item").order_by("priority_rank", "requested_at", "pk")[:MOST])


def to_examine(row: ExamRequest) -> Waiting:
    return Waiting(
        key=f"exam:{row.priority_rank}:{row.requested_at:%Y%m%d%H%M%S}:{row.pk}",
        what=row.item.name,
        url=reverse("diagnostics:order", args=[row.pk]),
        action=_("Open"),
        priority=cast(Priority, row.priority),
        patient_id=row.patient_id,
        sub=f"{row.accession_number} · {row.get_status_display()}",
        since=row.requested_at,
    )


def positive_report(row: ExamRequest) -> Waiting:
    return Waiting(
        key=f"report:{row.pk}",
        what=_("Positive report"),
        url=reverse("diagnostics:report", args=[row.report_id]),
        action=_("Read it"),
        priority="urgent",
        patient_id=row.patient_id,
        sub=row.item.name,
        since=row.reported_at,
    )
