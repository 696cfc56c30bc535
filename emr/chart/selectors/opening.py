"""What a judge of break-glass sees, and which ways are open to whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from consortium import selectors as consortium
from emr.access import selectors as access
from emr.access.choices import Verdict
from emr.access.models import BreakGlass
from emr.access.policies import BREAK_GLASS
from emr.index.policies import PATIENT
from emr.index.selectors import PatientCard, cards
from kernel import clock
from kernel.actor import Actor
from kernel.errors import Text
from kernel.work import Count, Waiting, Work


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """One break-glass opening: who, whom, why, when, and the facts the system found."""

    id: UUID
    version: int
    patient: PatientCard
    opened_by: str
    organisation: str
    reason_text: Text
    explanation: str
    sensitive_reason: str
    opened_at: datetime
    due_at: datetime
    verdict: str
    verdict_text: Text
    verdict_words: str
    reviewed_at: datetime | None
    reviewed_by: str
    open_until: datetime | None
    facts: tuple[tuple[Text, bool], ...] = ()

    @property
    def decided(self) -> bool:
        return self.verdict not in (Verdict.PENDING, Verdict.UNCLEAR)

    @property
    def sensitive(self) -> bool:
        """Whether specially protected data was asked for as well."""
        return bool(self.sensitive_reason)


@dataclass(frozen=True, slots=True)
class ReviewPage:
    lines: tuple[ReviewLine, ...]
    everything: bool


def ways(*, by: Actor) -> dict[str, bool]:
    """Which ways to open a closed record this post has. Raises Refused (403) for posts that look for no patient:
    managers, leader and statistician learn nobody's name by opening an address."""
    PATIENT.ask(by, "find")
    return {"may_adopt": PATIENT.allows(by, "register"), "may_break": BREAK_GLASS.allows(by, "open")}


def review_page(*, by: Actor, everything: bool = False) -> ReviewPage:
    """Openings that wait, first due first; or the last hundred with their verdicts."""
    rows = list(access.reviews(by=by, everything=everything)[:100])
    return ReviewPage(_lines(by, rows), everything)


def review(*, by: Actor, break_glass_id: UUID) -> ReviewLine:
    """One opening with the facts beside it; people judge."""
    row = access.review(by=by, pk=break_glass_id)
    return _lines(by, [row], with_facts=True)[0]


def _lines(by: Actor, rows: Sequence[BreakGlass], *, with_facts: bool = False) -> tuple[ReviewLine, ...]:
    patients = cards(by=by, patient_ids=[row.patient_id for row in rows])
    people = consortium.names(
        {row.opened_by_id for row in rows} | {row.reviewed_by_id for row in rows} - {None}
    )
    places = consortium.organisation_names(row.organisation_id for row in rows)
    return tuple(
        _line(row, patients[row.patient_id], people, places, _facts(row) if with_facts else ())
        for row in rows
    )


def _line(
    row: BreakGlass,
    patient: PatientCard,
    people: dict[Any, str],
    places: dict[UUID, str],
    facts: tuple[tuple[Text, bool], ...],
) -> ReviewLine:
    ground = row.ground
    return ReviewLine(
        id=row.pk,
        version=row.version,
        patient=patient,
        opened_by=people.get(row.opened_by_id, ""),
        organisation=places.get(row.organisation_id, ""),
        reason_text=row.get_reason_display(),
        explanation=row.explanation,
        sensitive_reason=row.sensitive_reason,
        opened_at=row.opened_at,
        due_at=row.due_at,
        verdict=row.verdict,
        verdict_text=row.get_verdict_display(),
        verdict_words=row.verdict_text,
        reviewed_at=row.reviewed_at,
        reviewed_by=people.get(row.reviewed_by_id, ""),
        open_until=ground.until_at if ground.closed_at is None else None,
        facts=facts,
    )


def _facts(row: BreakGlass) -> tuple[tuple[Text, bool], ...]:
    """What can be known without judging: on duty then? an ordinary ground afterwards? looked within the time?"""
    duty = consortium.on_duty(organisation=row.organisation_id, at=row.opened_at)
    on_duty = any(shift.staff_id == row.opened_by_id for shift in duty)
    followed = access.followed_by_ground(row)
    looks = access.looks_under(row)
    return (
        (_("was on duty at that time") if on_duty else _("was not on the duty roster at that time"), on_duty),
        (_("a visit or referral followed") if followed else _("no visit or referral followed"), followed),
        (_("opened the record %(n)d times under it") % {"n": looks}, looks > 0),
        (_("review in time") if row.due_at > clock.now() else _("review is late"), row.due_at > clock.now()),
    )


def work(*, by: Actor) -> Work:
    """What waits for this post in emr: break-glass openings to review, for 医务科."""
    if not BREAK_GLASS.allows(by, "judge"):
        return Work()
    lines = review_page(by=by).lines
    late = sum(one.due_at < clock.now() for one in lines)
    address = reverse("emr:reviews")
    tile = Count("break_glass", _("Break-glass reviews"), len(lines), address, late)
    rows = tuple(
        Waiting(
            key=f"break_glass:{one.id}",
            what=_("Break-glass review"),
            url=reverse("emr:break_glass_review", args=[one.id]),
            action=_("Review"),
            patient_id=one.patient.id,
            sub=f"{one.opened_by} · {one.reason_text}",
            since=one.opened_at,
            due_at=one.due_at,
        )
        for one in lines
    )
    return Work(counts=(tile,), waiting=rows)
