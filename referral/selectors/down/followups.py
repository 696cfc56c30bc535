"""Visits that are due, across patients, by their day; and who comes down to this place."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from emr.index import selectors as index
from emr.index.selectors import PatientCard
from kernel import clock
from kernel.actor import Actor
from kernel.errors import OutOfReach, Text
from referral.choices import KIND_ICONS, ItemState, Status
from referral.models import PlanItem, Referral
from referral.policies import PLAN_ITEM

SHOWN: Final = ("due", "week", "all")
WEEK: Final = timedelta(days=6)
GROUPS: Final[dict[str, Text]] = {
    "late": pgettext_lazy("follow-up", "Overdue"),
    "today": pgettext_lazy("follow-up", "Today"),
    "week": pgettext_lazy("follow-up", "This week"),
    "later": pgettext_lazy("follow-up", "Later"),
}


@dataclass(frozen=True, slots=True)
class Visit:
    """One item that is due, with the patient, the leg and what the last visit found."""

    item: PlanItem
    referral: Referral
    card: PatientCard | None
    group: str
    days: int
    last: PlanItem | None

    @property
    def icon(self) -> str:
        return KIND_ICONS[self.item.kind]

    @property
    def when(self) -> Text:
        """How late, or how soon."""
        if self.days < 0:
            return _("%(n)d days late") % {"n": -self.days}
        if self.days == 0:
            return pgettext_lazy("follow-up", "today")
        return _("in %(n)d days") % {"n": self.days}

    @property
    def reason(self) -> str:
        """What a new referral up would say first: the last finding."""
        return f"{self.last.text}：{self.last.result}"[:200] if self.last else ""


def _due(by: Actor) -> QuerySet[PlanItem]:
    return PLAN_ITEM.rows(by, "view").filter(state=ItemState.DUE, referral__status=Status.REHAB_ACTIVE)


def _until(shown: str) -> Q:
    today = clock.today()
    return {"due": Q(due_date__lte=today), "week": Q(due_date__lte=today + WEEK)}.get(shown, Q())


def numbers(*, by: Actor) -> dict[str, int]:
    """How many items stand in each list, and how many are late; one statement."""
    parts = {shown: Count("pk", filter=_until(shown)) for shown in SHOWN}
    parts["late"] = Count("pk", filter=Q(due_date__lt=clock.today()))
    return _due(by).aggregate(**parts)


def visits(*, by: Actor, shown: str = "due", start: int = 0, limit: int = 25) -> list[Visit]:
    """Items by their day, the latest late first, in a fixed number of statements."""
    rows = _due(by).filter(_until(shown)).select_related("referral")
    return _visits(by, list(rows.order_by("due_date", "referral_id", "place")[start : start + limit]))


def visit(*, by: Actor, item_id: UUID) -> Visit:
    """One item of a running plan. 404 outside one's own place, and for one that is done."""
    row = _due(by).filter(pk=item_id).select_related("referral").first()
    if row is None:
        raise OutOfReach(detail={"model": "referral.planitem", "pk": str(item_id)})
    return _visits(by, [row])[0]


def _visits(by: Actor, items: Sequence[PlanItem]) -> list[Visit]:
    cards = index.cards(by=by, patient_ids=[item.referral.patient_id for item in items])
    before = _last_of([item.referral_id for item in items])
    today = clock.today()
    return [
        Visit(
            item=item,
            referral=item.referral,
            card=cards.get(item.referral.patient_id),
            group=_group(item.due_date, today),
            days=(item.due_date - today).days,
            last=before.get(item.referral_id),
        )
        for item in items
    ]


def _group(day: date, today: date) -> str:
    if day < today:
        return "late"
    if day == today:
        return "today"
    return "week" if day <= today + WEEK else "later"


def _last_of(legs: Sequence[UUID]) -> dict[UUID, PlanItem]:
    """The last visit that was made of each leg."""
    rows = PlanItem.objects.filter(referral__in=legs, state=ItemState.DONE)
    newest = rows.order_by("referral_id", "-done_at", "-place").distinct("referral_id")
    return {row.referral_id: row for row in newest}


def incoming(by: Actor) -> Q:
    """Down legs on their way to this place, or here and not yet taken over (下转接收)."""
    own = Q(target__in=by.organisations, direction="down")
    return own & Q(
        status__in=[
            Status.SUBMITTED, Status.INFO_REQUESTED, Status.ACCEPTED, Status.WAITLISTED, Status.SCHEDULED,
            Status.IN_TRANSIT, Status.ARRIVED, Status.NO_SHOW, Status.IN_CARE, Status.CARE_COMPLETED,
        ]
    )  # fmt: skip
