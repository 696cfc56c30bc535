"""Lists of legs: what came, what went, who is expected, whose plan runs."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When

from consortium import selectors as consortium
from emr.index import selectors as index
from emr.index.selectors import PatientCard
from kernel import clock
from kernel.actor import Actor
from kernel.errors import Text
from kernel.work import ORDER
from referral.choices import (
    AT_THE_DOOR,
    TERMINAL,
    TIMERS,
    TRANSITIONS,
    TURN,
    Event,
    FollowUp,
    Look,
    Side,
    Status,
    look,
    turn_of,
)
from referral.models import Referral
from referral.policies import REFERRAL
from referral.selectors.down.bounce import returned
from referral.selectors.down.followups import incoming

TABS = ("mine", "running", "drafts", "ended")
PAGE = 25
"""Legs on one page: urgent first, so that what must be answered now is on the first one."""


@dataclass(frozen=True, slots=True)
class Row:
    """One leg in a list."""

    referral: Referral
    card: PatientCard | None
    look: Look
    mine: bool
    received: bool
    source: str
    target: str
    department: str
    bounced: bool = False

    @property
    def span(self) -> int:
        """Seconds the present state may last."""
        timer = TIMERS.get(Status(self.referral.status), {}).get(self.referral.priority)
        return int(timer.total_seconds()) if timer else 0

    @property
    def due_at(self) -> datetime | None:
        return self.referral.due_at


def is_mine(by: Actor, referral: Referral) -> bool:
    """Whether the leg waits for the actor's own side."""
    turn = turn_of(referral.status, referral.follow_up)
    place = referral.source_id if turn == Side.SENDER else referral.target_id
    return turn is not None and place in by.organisations


def urgent_first(rows: QuerySet[Referral]) -> QuerySet[Referral]:
    """Urgency first, then the time that is left; never by state."""
    order = Case(
        *[When(priority=name, then=Value(place)) for name, place in ORDER.items()],
        output_field=IntegerField(),
    )
    return rows.order_by(order, "due_at", "-created_at", "pk")


def _turn(by: Actor) -> Q:
    """Legs whose turn is the actor's side, in states her post has a step for. That another bed could be kept is no
    reason to wait for the bed desk."""
    own: dict[Side, set[Status]] = {Side.SENDER: set(), Side.RECEIVER: set()}
    planned = Q(pk__in=[])
    for (status, event), taken in TRANSITIONS.items():
        if event == Event.RESCHEDULE:
            continue
        if TURN.get(status) == taken.side and by.has(*taken.roles):
            own[taken.side].add(status)
        elif turn_of(status, FollowUp.PLAN) == taken.side and by.has(*taken.roles):
            planned = Q(status=status, follow_up=FollowUp.PLAN, target__in=by.organisations)
    mine = list(by.organisations)
    sending = Q(status__in=own[Side.SENDER], source__in=mine) & ~Q(
        status=Status.CARE_COMPLETED, follow_up=FollowUp.PLAN
    )
    return sending | Q(status__in=own[Side.RECEIVER], target__in=mine) | planned


def tab_filter(by: Actor, tab: str) -> Q:
    """The legs of one tab."""
    ended = Q(status__in=TERMINAL)
    return {
        "mine": _turn(by) & ~Q(status=Status.DRAFT),
        "running": ~ended & ~Q(status=Status.DRAFT),
        "drafts": Q(status=Status.DRAFT, doctor=by.id),
        "ended": ended,
    }[tab]


def _expected(by: Actor) -> Q:
    return Q(target__in=by.organisations, status__in=AT_THE_DOOR)


def counts(*, by: Actor, of: Collection[str] = ()) -> dict[str, int]:
    """How many legs stand in each tab, are expected, come down, have a twin, and are late at one's own side; one
    statement. `of`: only these, for a page that shows no others."""
    parts = {tab: tab_filter(by, tab) for tab in TABS}
    parts |= {"expected": _expected(by), "incoming": incoming(by)}
    parts["doubled"] = DOUBLED
    parts["calls"] = Q(source__in=by.organisations, status=Status.NO_SHOW)
    parts["late"] = parts["mine"] & Q(due_at__lt=clock.now())
    rows = REFERRAL.rows(by, "view")
    return rows.aggregate(**{name: Count("pk", filter=parts[name]) for name in of or parts})


def board(*, by: Actor, tab: str = "mine", start: int = 0, limit: int = PAGE) -> list[Row]:
    """The legs of one tab, urgent first, from the `start`-th on."""
    found = REFERRAL.rows(by, "view").filter(tab_filter(by, tab))
    return rows_of(by, urgent_first(found)[start : start + limit])


def waiting(*, by: Actor) -> list[Row]:
    """The legs at one's own side, without the patients' names: the home asks for those it shows."""
    found = REFERRAL.rows(by, "view").filter(tab_filter(by, "mine"))
    return rows_of(by, urgent_first(found)[:100], named=False)


DOUBLED: Final = Q(doubled=True) & ~Q(status__in=TERMINAL)


def doubled(*, by: Actor) -> list[Row]:
    """Open legs whose patient turned out to have another one to the same department, without names."""
    found = REFERRAL.rows(by, "view").filter(DOUBLED)
    return rows_of(by, urgent_first(found)[:20], named=False)


def coming_down(*, by: Actor, start: int = 0, limit: int = PAGE) -> list[Row]:
    """Down legs on their way to one's own place, or here and not yet taken over."""
    found = urgent_first(REFERRAL.rows(by, "view").filter(incoming(by)))
    return rows_of(by, found[start : start + limit])


def overdue(*, by: Actor) -> list[UUID]:
    """Legs to which the clock comes now, the longest overdue first."""
    late = REFERRAL.rows(by, Event.ESCALATE.value).filter(call_at__lte=clock.now())
    return list(late.order_by("call_at", "pk").values_list("pk", flat=True)[:200])


def legs_of(*, by: Actor, patient_id: UUID) -> list[Row]:
    """The legs of one patient the actor may see, newest first."""
    rows = REFERRAL.rows(by, "view").filter(patient__person__patients=patient_id)
    return rows_of(by, rows.order_by("-created_at", "-pk")[:20])


def rows_of(by: Actor, referrals: Iterable[Referral], *, named: bool = True) -> list[Row]:
    """Rows with names, in a fixed number of statements."""
    legs: Sequence[Referral] = list(referrals)
    cards = index.cards(by=by, patient_ids=[leg.patient_id for leg in legs] if named else [])
    places = consortium.organisation_names(
        [*(leg.source_id for leg in legs), *(leg.target_id for leg in legs)]
    )
    wards = consortium.department_names([leg.department_id for leg in legs])
    again = returned(legs)
    return [replace(_row(by, leg, cards, places, wards), bounced=leg.pk in again) for leg in legs]


def _row(
    by: Actor,
    leg: Referral,
    cards: dict[UUID, PatientCard],
    places: dict[UUID, str],
    wards: dict[UUID, str],
) -> Row:
    mine = is_mine(by, leg)
    return Row(
        referral=leg,
        card=cards.get(leg.patient_id),
        look=look(leg.status, mine=mine),
        mine=mine,
        received=leg.target_id in by.organisations,
        source=places.get(leg.source_id, ""),
        target=places.get(leg.target_id, ""),
        department=wards.get(leg.department_id, "") if leg.department_id else "",
    )


def words_of(row: Row) -> Text:
    """One line of reason for a list."""
    return f"{row.referral.diagnosis} · {row.source} → {row.target} {row.department}".strip()
