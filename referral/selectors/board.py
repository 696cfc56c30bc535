"""Lists of legs: what came, what went, who is expected, whose plan runs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from consortium import selectors as consortium
from emr.index import selectors as index
from emr.index.selectors import PatientCard
from kernel.actor import Actor
from kernel.errors import Text
from kernel.work import ORDER
from referral.choices import (
    TERMINAL,
    TIMERS,
    TRANSITIONS,
    TURN,
    Direction,
    Look,
    Side,
    Status,
    look,
)
from referral.models import Referral
from referral.policies import REFERRAL

EXPECTED = (Status.SUBMITTED, Status.ACCEPTED, Status.SCHEDULED)
TABS = ("mine", "running", "drafts", "ended")


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
    turn = TURN.get(Status(referral.status))
    place = referral.source_id if turn == Side.SENDER else referral.target_id
    return turn is not None and place in by.organisations


def _urgent_first(rows: QuerySet[Referral]) -> QuerySet[Referral]:
    """Urgency first, then the time that is left; never by state."""
    order = Case(
        *[When(priority=name, then=Value(place)) for name, place in ORDER.items()],
        output_field=IntegerField(),
    )
    return rows.order_by(order, "due_at", "-created_at", "pk")


def _turn(by: Actor) -> Q:
    """Legs whose turn is the actor's side, in states her post has a step for."""
    own: dict[Side, set[Status]] = {Side.SENDER: set(), Side.RECEIVER: set()}
    for (status, _event), taken in TRANSITIONS.items():
        if TURN.get(status) == taken.side and by.has(*taken.roles):
            own[taken.side].add(status)
    mine = list(by.organisations)
    sending = Q(status__in=own[Side.SENDER], source__in=mine)
    return sending | Q(status__in=own[Side.RECEIVER], target__in=mine)


def tab_filter(by: Actor, tab: str) -> Q:
    """The legs of one tab."""
    ended = Q(status__in=TERMINAL)
    return {
        "mine": _turn(by) & ~Q(status=Status.DRAFT),
        "running": ~ended & ~Q(status=Status.DRAFT),
        "drafts": Q(status=Status.DRAFT, doctor=by.id),
        "ended": ended,
    }[tab]


def counts(*, by: Actor) -> dict[str, int]:
    rows = REFERRAL.rows(by, "view")
    return {tab: rows.filter(tab_filter(by, tab)).count() for tab in TABS}


def board(*, by: Actor, tab: str = "mine", limit: int = 100) -> list[Row]:
    """The legs of one tab, urgent first."""
    return rows_of(by, _urgent_first(REFERRAL.rows(by, "view").filter(tab_filter(by, tab)))[:limit])


def arrivals(*, by: Actor, limit: int = 100) -> list[Row]:
    """Who is expected here, also before the decision; then those who have arrived."""
    here = REFERRAL.rows(by, "view").filter(target__in=by.organisations)
    return rows_of(by, _urgent_first(here.filter(status__in=(*EXPECTED, Status.ARRIVED)))[:limit])


def followups(*, by: Actor, limit: int = 100) -> list[Row]:
    """Down legs of one's own place whose plan runs or waits to be taken over."""
    here = REFERRAL.rows(by, "view").filter(target__in=by.organisations, direction=Direction.DOWN)
    return rows_of(by, _urgent_first(here.exclude(status__in=TERMINAL))[:limit])


def legs_of(*, by: Actor, patient_id: UUID, limit: int = 20) -> list[Row]:
    """The legs of one patient the actor may see, newest first."""
    rows = REFERRAL.rows(by, "view").filter(patient__person__patients=patient_id)
    return rows_of(by, rows.order_by("-created_at", "-pk")[:limit])


def rows_of(by: Actor, referrals: Iterable[Referral]) -> list[Row]:
    """Rows with names, in a fixed number of statements."""
    legs: Sequence[Referral] = list(referrals)
    cards = index.cards(by=by, patient_ids=[leg.patient_id for leg in legs])
    places = consortium.organisation_names(
        [*(leg.source_id for leg in legs), *(leg.target_id for leg in legs)]
    )
    wards = consortium.department_names([leg.department_id for leg in legs])
    return [_row(by, leg, cards, places, wards) for leg in legs]


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
