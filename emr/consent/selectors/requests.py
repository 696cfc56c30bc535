"""What persons asked for, by the day the answer is due."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from emr.access.models import Restriction
from emr.consent.choices import RequestKind, RequestStatus
from emr.consent.models import PersonRequest
from emr.consent.policies import ANSWERING, REQUEST
from emr.index.selectors import PatientCard, cards
from kernel import clock
from kernel.actor import Actor
from kernel.errors import Text
from kernel.work import Count, Waiting, Work


@dataclass(frozen=True, slots=True)
class RequestLine:
    """One request; `restricts`: a granted restriction that is in force."""

    id: UUID
    version: int
    patient: PatientCard
    kind: str
    kind_text: Text
    giver_text: Text
    text: str
    status: str
    status_text: Text
    received_at: datetime
    received_by: str
    due_date: date
    due_at: datetime
    late: bool
    answer: str
    answered_at: datetime | None
    answered_by: str
    exported_at: datetime | None
    restricts: bool
    may_answer: bool
    url: str

    @property
    def open(self) -> bool:
        return self.status == RequestStatus.OPEN

    @property
    def copies(self) -> bool:
        """Whether a copy may be made under it."""
        return self.kind == RequestKind.COPY and self.status != RequestStatus.REFUSED


def requests_page(*, by: Actor, everything: bool = False) -> tuple[RequestLine, ...]:
    """The institution's open requests, the first due first; or the last hundred with their answers."""
    rows = REQUEST.rows(by, "view")
    if everything:
        found = rows.order_by("-received_at", "-pk")[:100]
    else:
        found = rows.filter(status=RequestStatus.OPEN).order_by("due_date", "pk")[:100]
    return tuple(lines(by=by, rows=list(found)))


def request_line(*, by: Actor, request_id: UUID) -> RequestLine:
    """One request. Raises OutOfReach (404)."""
    return lines(by=by, rows=[REQUEST.fetch(by, "view", request_id)])[0]


def lines(*, by: Actor, rows: Sequence[PersonRequest]) -> list[RequestLine]:
    """Requests with the cards of their patients."""
    patients = cards(by=by, patient_ids=[row.patient_id for row in rows])
    standing = set(
        Restriction.objects.filter(
            source__in=[f"request:{row.pk}" for row in rows], closed_at__isnull=True
        ).values_list("source", flat=True)
    )
    return [_line(by, row, patients[row.patient_id], f"request:{row.pk}" in standing) for row in rows]


def _line(by: Actor, row: PersonRequest, patient: PatientCard, restricts: bool) -> RequestLine:
    due = clock.day_bounds(row.due_date)[1] - timedelta(minutes=1)
    waiting = row.status == RequestStatus.OPEN
    return RequestLine(
        id=row.pk,
        version=row.version,
        patient=patient,
        kind=row.kind,
        kind_text=row.get_kind_display(),
        giver_text=row.get_giver_display(),
        text=row.text,
        status=row.status,
        status_text=row.get_status_display(),
        received_at=row.received_at,
        received_by=row.received_by,
        due_date=row.due_date,
        due_at=due,
        late=waiting and due < clock.now(),
        answer=row.answer,
        answered_at=row.answered_at,
        answered_by=row.answered_by,
        exported_at=row.exported_at,
        restricts=restricts,
        may_answer=by.has(*ANSWERING) and row.organisation_id in by.organisations,
        url=reverse("emr:request", args=[row.pk]),
    )


def work(*, by: Actor) -> Work:
    """Requests that wait for an answer of this post."""
    if not by.has(*ANSWERING):
        return Work()
    found = requests_page(by=by)
    if not found:
        return Work()
    tile = Count(
        "person_requests",
        _("Requests of persons"),
        len(found),
        reverse("emr:requests"),
        sum(one.late for one in found),
    )
    rows = tuple(
        Waiting(
            key=f"request:{one.id}",
            what=_("Request of a person: %(kind)s") % {"kind": one.kind_text},
            url=one.url,
            action=_("Answer"),
            patient_id=one.patient.id,
            since=one.received_at,
            due_at=one.due_at,
        )
        for one in found
    )
    return Work(counts=(tile,), waiting=rows)
