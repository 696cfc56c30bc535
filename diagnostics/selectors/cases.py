"""The reading centre's worklist: urgent first, then the first due."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from consortium import selectors as consortium
from diagnostics.choices import (
    LOOKS,
    MODALITIES,
    OPEN_CASES,
    REPORTED,
    WAITS_FOR_READER,
    WAITS_FOR_REVIEW,
    WAITS_FOR_TECHNOLOGIST,
    Look,
    Status,
)
from diagnostics.models import Claim, ExamRequest
from diagnostics.policies import REQUEST
from emr.index import selectors as index
from emr.index.selectors import PatientCard
from kernel import clock
from kernel.actor import Actor

PAGE = 50


@dataclass(frozen=True, slots=True)
class Filters:
    """Which part of the worklist. `tab`: open | emergency | mine | review | done."""

    tab: str = "open"
    modality: str = ""
    source: UUID | None = None


def span_of(request: ExamRequest) -> int:
    """Seconds the whole turnaround has, for the clock; 0 before the examination."""
    if request.due_at is None or request.examined_at is None:
        return 0
    return int((request.due_at - request.examined_at).total_seconds())


@dataclass(frozen=True, slots=True)
class Case:
    """One row of a worklist: the request, the patient as this actor may see her, who sent, who reads."""

    request: ExamRequest
    card: PatientCard | None
    source: str
    reader: str
    mine: bool

    @property
    def look(self) -> Look:
        return LOOKS[self.request.status]

    @property
    def span(self) -> int:
        return span_of(self.request)


def reads(by: Actor) -> bool:
    """Whether this post takes cases to read them; others look at the list only."""
    return REQUEST.allows(by, "claim")


def group_rows(*, by: Actor, group: str) -> QuerySet[ExamRequest]:
    return REQUEST.rows(by, "list").filter(modality__in=MODALITIES[group], centre__in=by.organisations)


def tab_filter(tab: str, by: Actor) -> Q:
    """The rows of one tab. An unknown tab is the open list."""
    mine = Q(claims__reader=by.id, claims__ended_at__isnull=True)
    tabs = {
        "emergency": Q(status__in=OPEN_CASES, priority_rank=0),
        "mine": mine,
        "review": Q(status__in=WAITS_FOR_REVIEW),
        "done": Q(status__in=REPORTED, reported_at__gt=clock.now() - timedelta(days=7)),
    }
    return tabs.get(tab, Q(status__in=WAITS_FOR_READER))


def worklist(*, by: Actor, modality_group: str, filters: Filters | None = None) -> list[Case]:
    """At most PAGE cases of a centre (Group), urgent first, then by due time; the done ones newest first."""
    chosen = filters or Filters()
    rows = group_rows(by=by, group=modality_group).filter(tab_filter(chosen.tab, by))
    if chosen.modality:
        rows = rows.filter(modality=chosen.modality)
    if chosen.source:
        rows = rows.filter(source=chosen.source)
    order = ("-reported_at", "pk") if chosen.tab == "done" else ("priority_rank", "due_at", "pk")
    return cases(by=by, requests=list(rows.select_related("item").order_by(*order)[:PAGE]))


def cases(*, by: Actor, requests: Sequence[ExamRequest]) -> list[Case]:
    """Requests with names and patient cards, in a fixed number of statements."""
    cards = index.cards(by=by, patient_ids=[request.patient_id for request in requests])
    places = consortium.organisation_names([request.source_id for request in requests])
    claims = Claim.objects.filter(request__in=requests, ended_at__isnull=True).order_by("pk")
    readers = {claim.request_id: claim.reader_id for claim in claims}
    names = consortium.names(readers.values())
    return [
        Case(
            request=request,
            card=cards.get(request.patient_id),
            source=places.get(request.source_id, ""),
            reader=names.get(readers[request.pk], "") if request.pk in readers else "",
            mine=readers.get(request.pk) == by.id,
        )
        for request in requests
    ]


def counts(*, by: Actor, group: str) -> dict[str, int]:
    """Numbers of the worklist's tabs and the late ones, one statement."""
    late = Q(due_at__lt=clock.now(), status__in=WAITS_FOR_READER)
    rows = group_rows(by=by, group=group).filter(status__in=OPEN_CASES)
    return rows.aggregate(
        open=Count("pk", filter=Q(status__in=WAITS_FOR_READER)),
        emergency=Count("pk", filter=Q(priority_rank=0)),
        review=Count("pk", filter=Q(status__in=WAITS_FOR_REVIEW)),
        mine=Count("pk", filter=Q(pk__in=held_by(by))),
        late=Count("pk", filter=late),
    )


def held_by(by: Actor) -> QuerySet[ExamRequest]:
    return ExamRequest.objects.filter(claims__reader=by.id, claims__ended_at__isnull=True)


def next_case(*, by: Actor, group: str, after: UUID | None = None) -> UUID | None:
    """The most urgent case nobody reads yet, other than `after`."""
    rows = group_rows(by=by, group=group).filter(status=Status.EXAMINED)
    rows = rows.exclude(pk=after) if after else rows
    found = rows.order_by("priority_rank", "due_at", "pk").values_list("pk", flat=True).first()
    return found


def by_accession(*, by: Actor, accession_number: str) -> ExamRequest | None:
    """The request of an accession number, as far as this actor reaches; None when there is none."""
    rows = REQUEST.rows(by, "list").filter(accession_number=accession_number.strip())
    return rows.select_related("item").order_by("pk").first()


def scheduled(
    *, by: Actor, modalities: Sequence[str] = (), organisation: UUID | None = None
) -> list[ExamRequest]:
    """Requests not examined yet, for a modality worklist: urgent first, at most 500."""
    rows = REQUEST.rows(by, "list").filter(status__in=WAITS_FOR_TECHNOLOGIST)
    if modalities:
        rows = rows.filter(modality__in=modalities)
    if organisation:
        rows = rows.filter(Q(source=organisation) | Q(centre=organisation))
    return list(rows.select_related("item").order_by("priority_rank", "requested_at", "pk")[:500])
