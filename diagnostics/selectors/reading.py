"""Everything the reading page shows besides the picture itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from consortium import selectors as consortium
from diagnostics.choices import LOOKS, TRANSITIONS, Event, Group, Look, Minutes, Priority, Status, group_of
from diagnostics.models import Claim, Draft, ExamRequest, Material, Report
from diagnostics.policies import REQUEST
from diagnostics.selectors.cases import Case, cases, counts, group_rows, next_case, span_of, tab_filter
from diagnostics.selectors.orders import shown_reports
from emr.index import selectors as index
from emr.index.selectors import PatientCard
from kernel import clock
from kernel.actor import Actor

LANE = 8


@dataclass(frozen=True, slots=True)
class Reading:
    """One case on the reading page. `can` names the verbs the state, the post and the claim allow now."""

    request: ExamRequest
    card: PatientCard
    source: str
    requester: str
    group: Group
    draft: Draft | None
    holder: str
    mine: bool
    idle: bool
    can: frozenset[str]
    materials: Sequence[Material]
    reports: Sequence[Report]
    lane: Sequence[Case]
    counts: dict[str, int]
    next_id: UUID | None
    writer: str = ""

    @property
    def signs_alone(self) -> bool:
        """Whether the writer's own signature is worth something here: no review asked, or an emergency."""
        return not self.request.item.needs_review or self.request.priority == Priority.EMERGENCY

    @property
    def look(self) -> Look:
        return LOOKS[self.request.status]

    @property
    def span(self) -> int:
        return span_of(self.request)


def groups_of(by: Actor) -> tuple[Group, ...]:
    """The centres a reader works for: her department's specialty names one, otherwise all."""
    specialty = consortium.department(by.department).specialty if by.department else ""
    return (Group(specialty),) if specialty in Group.values else tuple(Group)


def reading(*, by: Actor, request_id: UUID) -> Reading:
    """One case for the reading page. The record is opened by `services.open_reading`."""
    request = REQUEST.rows(by, "view").select_related("item").get(pk=request_id)
    group = group_of(request.modality)
    draft = Draft.objects.filter(request=request).order_by("pk").first()
    claim = request.claims.filter(ended_at__isnull=True).order_by("pk").first()
    people = consortium.names(
        [request.requester_id, claim.reader_id if claim else None, draft.writer_id if draft else None]
    )
    return Reading(
        request=request,
        card=index.card(by=by, patient_id=request.patient_id),
        source=consortium.organisation_name(request.source_id),
        requester=people.get(request.requester_id, ""),
        group=group,
        draft=draft,
        holder=people.get(claim.reader_id, "") if claim else "",
        writer=people.get(draft.writer_id, "") if draft else "",
        mine=claim is not None and claim.reader_id == by.id,
        idle=claim is not None and claim.seen_at < clock.now() - timedelta(minutes=Minutes.CLAIM_IDLE),
        can=allowed(by, request, claim, draft),
        materials=list(request.materials.filter(withdrawn_at__isnull=True).order_by("attached_at", "pk")),
        reports=shown_reports(by, request),
        lane=lane(by, group),
        counts=counts(by=by, group=group) if REQUEST.allows(by, "claim") else {},
        next_id=next_case(by=by, group=group, after=request.pk) if REQUEST.allows(by, "claim") else None,
    )


def lane(by: Actor, group: Group) -> list[Case]:
    """The first cases of the queue, for the narrow list beside the picture."""
    if not REQUEST.allows(by, "claim"):
        return []
    rows = group_rows(by=by, group=group).filter(tab_filter("open", by)).select_related("item")
    return cases(by=by, requests=list(rows.order_by("priority_rank", "due_at", "pk")[:LANE]))


VERBS = {
    "claim": (Event.CLAIM, "claim"),
    "write": (Event.WRITE, "write"),
    "submit": (Event.SUBMIT, "submit"),
    "release": (Event.RELEASE, "release"),
    "retake": (Event.RETAKE, "retake"),
    "take_over": (Event.TAKE_OVER, "take_over"),
    "review": (Event.SIGN, "review"),
    "send_back": (Event.SEND_BACK, "send_back"),
    "amend": (Event.AMEND, "amend"),
}
HOLDERS_ONLY = frozenset({"write", "submit", "release", "sign"})
"""Verbs of the one who holds the claim."""


def allowed(by: Actor, request: ExamRequest, claim: Claim | None, draft: Draft | None) -> frozenset[str]:
    """Verbs that would be taken now; a page shows no button that answers 409."""
    status, mine = Status(request.status), claim is not None and claim.reader_id == by.id
    if request.centre_id not in by.organisations:
        return frozenset()
    can = {
        verb
        for verb, (event, action) in VERBS.items()
        if (status, event) in TRANSITIONS and REQUEST.allows(by, action)
    }
    if status in (Status.CLAIMED, Status.DRAFT) and "write" in can:
        can.add("sign")
    if not mine:
        can -= HOLDERS_ONLY
        can -= {"retake"} if claim is not None else set()
    else:
        can.discard("take_over")
    if draft is not None and draft.writer_id == by.id:
        can.discard("review")
    return frozenset(can)
