"""The requesting side: what can be ordered, what was ordered, which reports came."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q

from consortium import selectors as consortium
from diagnostics.choices import LOOKS, REPORTED, WAITS_FOR_TECHNOLOGIST, Look, Status
from diagnostics.models import ExamItem, ExamRequest, Material, Report
from diagnostics.policies import ITEM, REQUEST, readable_report
from diagnostics.selectors.cases import PAGE, Case, cases
from emr.index import selectors as index
from emr.index.selectors import PatientCard
from kernel import clock
from kernel.actor import Actor

OPEN_ON_THE_WAY = (Status.EXAMINED, Status.CLAIMED, Status.DRAFT, Status.SUBMITTED)


@dataclass(frozen=True, slots=True)
class Order:
    """One request with everything its page shows."""

    request: ExamRequest
    card: PatientCard
    source: str
    centre: str
    requester: str
    materials: Sequence[Material]
    reports: Sequence[Report]
    history: Sequence[tuple[str, datetime]]

    @property
    def look(self) -> Look:
        return LOOKS[self.request.status]


@dataclass(frozen=True, slots=True)
class Repeat:
    """The same exam, done or ordered recently: the prompt before it is done twice."""

    request: ExamRequest
    at: datetime
    days: int


def items(*, by: Actor) -> list[ExamItem]:
    """What can be ordered, by modality and name."""
    return list(ITEM.rows(by, "view").filter(active=True).order_by("modality", "code"))


def inbox(*, by: Actor, tab: str = "reports") -> list[Case]:
    """A branch's list. `tab`: reports (not seen yet) | waiting (to be examined) | reading | all."""
    tabs = {
        "reports": Q(status__in=REPORTED, seen_at__isnull=True),
        "waiting": Q(status__in=WAITS_FOR_TECHNOLOGIST),
        "reading": Q(status__in=OPEN_ON_THE_WAY),
    }
    rows = REQUEST.rows(by, "list").filter(tabs.get(tab, Q()), places(by, tab)).select_related("item")
    order = ("priority_rank", "requested_at", "pk") if tab == "waiting" else ("-requested_at", "pk")
    return cases(by=by, requests=list(rows.order_by(*order)[:PAGE]))


def places(by: Actor, tab: str) -> Q:
    """Whose requests stand in a tab: those of one's own side; what is to be examined, also those made here."""
    mine = Q(source__in=by.organisations)
    return mine | Q(centre__in=by.organisations) if tab == "waiting" else mine


def shown_reports(by: Actor, request: ExamRequest) -> list[Report]:
    """The versions of a request's report, newest first; none while it is protected from this post."""
    return list(request.reports.filter(readable_report(by)).order_by("-version"))


def order(*, by: Actor, request_id: UUID) -> Order:
    """One request. 404 out of reach."""
    request = REQUEST.fetch(by, "view", request_id)
    places = consortium.organisation_names([request.source_id, request.centre_id])
    return Order(
        request=request,
        card=index.card(by=by, patient_id=request.patient_id),
        source=places.get(request.source_id, ""),
        centre=places.get(request.centre_id, ""),
        requester=consortium.staff_name(request.requester_id),
        materials=list(request.materials.filter(withdrawn_at__isnull=True).order_by("attached_at", "pk")),
        reports=shown_reports(by, request),
        history=steps(request),
    )


def steps(request: ExamRequest) -> list[tuple[str, datetime]]:
    """Which steps were done when, in order."""
    moments = (
        (Status.REQUESTED.label, request.requested_at),
        (Status.REGISTERED.label, request.registered_at),
        (Status.EXAMINED.label, request.examined_at),
        (Status.SIGNED.label, request.reported_at),
        (Status.CANCELLED.label, request.cancelled_at),
    )
    return [(str(label), at) for label, at in moments if at]


def recent_same(*, by: Actor, patient_id: UUID, item_code: str) -> Repeat | None:
    """The latest request of the same item within the item's own period, in any hospital of the consortium."""
    item = ITEM.rows(by, "view").filter(code=item_code).order_by("pk").first()
    if item is None or not item.repeat_days:
        return None
    since = clock.now() - timedelta(days=item.repeat_days)
    rows = REQUEST.rows(by, "view").filter(patient_id=patient_id, item=item, requested_at__gt=since)
    found = (
        rows.exclude(status=Status.CANCELLED).select_related("item").order_by("-requested_at", "pk").first()
    )
    if found is None:
        return None
    at = found.examined_at or found.requested_at
    return Repeat(request=found, at=at, days=(clock.now() - at).days)


def requests_of(*, by: Actor, patient_id: UUID) -> list[ExamRequest]:
    """A patient's exam requests, newest first."""
    rows = REQUEST.rows(by, "view").filter(patient_id=patient_id).select_related("item")
    return list(rows.order_by("-requested_at", "pk")[:20])
