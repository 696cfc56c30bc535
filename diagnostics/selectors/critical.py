"""Critical values as those see them who read them back, who were called, and who found them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consortium import selectors as consortium
from diagnostics.choices import MODALITIES
from diagnostics.models import CriticalValue, ExamRequest
from diagnostics.policies import CRITICAL, REPORT
from diagnostics.selectors.calling import Call, Step, calls, next_at, step_of
from diagnostics.selectors.reading import groups_of
from emr.index import selectors as index
from emr.index.selectors import PatientCard
from kernel import clock
from kernel.actor import Actor
from kernel.errors import Text


@dataclass(frozen=True, slots=True)
class Happened:
    """One line of its history (fields of ui/timeline.html)."""

    at: datetime
    what: Text
    text: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class CriticalPage:
    """A critical value with its people: who was told and called when, and who is called next, when."""

    critical: CriticalValue
    request: ExamRequest
    card: PatientCard
    raised_by: str
    receiver: str
    source: str
    acknowledged_by: str
    may_answer: bool
    may_read: bool
    calls: Sequence[Call]
    next: Step | None
    next_at: datetime | None

    @property
    def history(self) -> list[Happened]:
        """Who found it, who was told and called, who read it back; newest first."""
        told = [Happened(self.critical.raised_at, gettext_lazy("Told"), self._told(), "up")]
        told += [_called(list(group)) for _n, group in groupby(self.calls, lambda one: one.number)]
        if self.critical.acknowledged_at:
            by = f"{self.acknowledged_by}: {self.critical.get_action_display()}"
            told.append(Happened(self.critical.acknowledged_at, gettext_lazy("Read back"), by, "good"))
        return told[::-1]

    def _told(self) -> str:
        return f"{self.raised_by} → {self.source} {self.receiver}"


def _called(people: Sequence[Call]) -> Happened:
    first = people[0]
    what = _("Call %(number)d: %(rung)s") % {"number": first.number, "rung": first.rung.label}
    return Happened(first.at, what, "、".join(f"{one.name} {one.telephone}".strip() for one in people), "bad")


@dataclass(frozen=True, slots=True)
class CriticalRow:
    """A line of the list: the value, whose it is as far as this actor may see, and who was called last."""

    critical: CriticalValue
    card: PatientCard | None
    source: str
    receiver: str
    acknowledged_by: str
    last: Sequence[Call]


def answers(by: Actor) -> bool:
    """Whether this post reads critical values back: those of its own side, or those it was called for."""
    return CRITICAL.allows(by, "acknowledge")


def critical_page(*, by: Actor, critical_id: UUID) -> CriticalPage:
    """One critical value. 404 out of reach."""
    CRITICAL.fetch(by, "view", critical_id)
    critical = CRITICAL.rows(by, "view").select_related("request__item", "report").get(pk=critical_id)
    people = consortium.names([critical.raised_by_id, critical.receiver_id, critical.acknowledged_by_id])
    waits = critical.acknowledged_at is None
    mine = answers(by) and CRITICAL.rows(by, "acknowledge").filter(pk=critical_id).exists()
    return CriticalPage(
        critical=critical,
        request=critical.request,
        card=index.card(by=by, patient_id=critical.request.patient_id),
        raised_by=people.get(critical.raised_by_id, ""),
        receiver=people.get(critical.receiver_id, ""),
        source=consortium.organisation_name(critical.request.source_id),
        acknowledged_by=people.get(critical.acknowledged_by_id, "") if critical.acknowledged_by_id else "",
        may_answer=waits and mine,
        may_read=_may_read(by, critical),
        calls=calls([critical]).get(critical.pk, []),
        next=step_of(critical, critical.escalations + 1)[0] if waits else None,
        next_at=next_at(critical) if waits else None,
    )


def _may_read(by: Actor, critical: CriticalValue) -> bool:
    """Whether the report is open to the actor: who was called from elsewhere answers without it."""
    return REPORT.allows(by, "view") and REPORT.rows(by, "view").filter(pk=critical.report_id).exists()


def found(by: Actor) -> QuerySet[CriticalValue]:
    """Critical values in the actor's lists; a reader's are those of the centres she reads for."""
    rows = CRITICAL.rows(by, "view")
    if answers(by):
        return rows
    return rows.filter(request__modality__in=[one for group in groups_of(by) for one in MODALITIES[group]])


def criticals(*, by: Actor, waiting: bool = True, limit: int = 50) -> list[CriticalValue]:
    """Critical values of one's own side; those that wait for a read-back by due time, all newest first."""
    rows = found(by).select_related("request__item")
    if waiting:
        return list(rows.filter(acknowledged_at__isnull=True).order_by("due_at", "pk")[:limit])
    return list(rows.order_by("-raised_at", "pk")[:limit])


class Alarm(NamedTuple):
    """A critical value that calls somebody to its page: what was found, whose, read back until when."""

    id: UUID
    text: str
    due_at: datetime
    patient_id: UUID
    item: str


def alarms(*, by: Actor, limit: int) -> list[Alarm]:
    """Critical values that were told to this person, and those nobody read back in time; the first due first."""
    calling = Q(receiver=by.id) | Q(due_at__lt=clock.now())
    rows = found(by).filter(calling, acknowledged_at__isnull=True).order_by("due_at", "pk")
    told = ("pk", "text", "due_at", "request__patient_id", "request__item__name")
    return [Alarm(*row) for row in rows.values_list(*told)[:limit]]


def critical_rows(*, by: Actor, waiting: bool = True) -> list[CriticalRow]:
    """The list with names, in a fixed number of statements."""
    rows = criticals(by=by, waiting=waiting)
    cards = index.cards(by=by, patient_ids=[row.request.patient_id for row in rows])
    places = consortium.organisation_names([row.request.source_id for row in rows])
    people = consortium.names([pk for row in rows for pk in (row.receiver_id, row.acknowledged_by_id)])
    called = calls(rows)
    return [
        CriticalRow(
            critical=row,
            card=cards.get(row.request.patient_id),
            source=places.get(row.request.source_id, ""),
            receiver=people.get(row.receiver_id, ""),
            acknowledged_by=people.get(row.acknowledged_by_id, "") if row.acknowledged_by_id else "",
            last=[one for one in called.get(row.pk, []) if one.number == row.escalations],
        )
        for row in rows
    ]
