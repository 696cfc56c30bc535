"""What is late, at one's own side and at the other: one filter for the number and the list."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NoReturn
from uuid import UUID

from django.db.models import BooleanField, Count, ExpressionWrapper, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from consortium.selectors.people.oncall import Phone
from kernel import clock
from kernel.actor import Actor
from kernel.errors import Conflict, Refused, Text
from referral.choices import (
    RECORD_WITHIN,
    TERMINAL,
    TRANSITIONS,
    TURN,
    Aside,
    Backfill,
    Event,
    Priority,
    Side,
    Status,
)
from referral.models import BackfillTask, Referral
from referral.policies import BACKFILL, REFERRAL
from referral.selectors.lists.board import PAGE, Row, rows_of
from referral.selectors.lists.oncall import called, called_for_paper

SIDES = ("mine", "other")
EMERGENCIES: Final = ExpressionWrapper(Q(priority=Priority.EMERGENCY), BooleanField()).desc()
"""An emergency that is late by minutes stands above everything that is late by hours."""
TURNS = {
    side: [status for status, turn in TURN.items() if turn == side] for side in (Side.SENDER, Side.RECEIVER)
}


def _at_my_side(by: Actor) -> Q:
    """Legs whose turn is the actor's institutions."""
    mine = list(by.organisations)
    # A finished stay whose plan is still to come is the hospital's turn (`choices.turn_of`).
    planning = Q(status=Status.CARE_COMPLETED, follow_up="plan")
    sending = Q(status__in=TURNS[Side.SENDER], source__in=mine) & ~planning
    return sending | (Q(status__in=TURNS[Side.RECEIVER]) | planning) & Q(target__in=mine)


def _late_legs(by: Actor) -> QuerySet[Referral]:
    """Legs that are late at either side."""
    rows = REFERRAL.rows(by, "view").filter(due_at__lt=clock.now())
    return rows.exclude(status__in=[*TERMINAL, Status.DRAFT])


def _late_papers(by: Actor) -> QuerySet[BackfillTask]:
    """Papers of emergencies that are late: always at the sending side."""
    legs = REFERRAL.rows(by, "view").exclude(status=Status.ENTERED_IN_ERROR)
    return BackfillTask.objects.filter(referral__in=legs, done_at__isnull=True, due_at__lt=clock.now())


def _sent(by: Actor) -> Q:
    return Q(referral__source__in=list(by.organisations))


def late_counts(*, by: Actor) -> dict[str, int]:
    """How much is late at each side, two statements."""
    parts = (_late_legs(by), _at_my_side(by)), (_late_papers(by), _sent(by))
    found = [rows.aggregate(all=Count("pk"), mine=Count("pk", filter=mine)) for rows, mine in parts]
    mine = sum(one["mine"] for one in found)
    return {"mine": mine, "other": sum(one["all"] for one in found) - mine}


@dataclass(frozen=True, slots=True)
class Late:
    """One thing that is late: since when, how often passed up, and who is called now."""

    row: Row
    what: Text
    since: datetime
    times: int
    phones: tuple[Phone, ...]


def late(*, by: Actor, side: str = "mine", limit: int = 4 * PAGE) -> list[Late]:
    """What is late at one side, legs and papers: emergencies first, then the longest
    late."""
    at_my_side, sent = (_at_my_side(by), _sent(by)) if side == "mine" else (~_at_my_side(by), ~_sent(by))
    legs = list(_late_legs(by).filter(at_my_side).order_by(EMERGENCIES, "due_at", "pk")[:limit])
    papers = list(_late_papers(by).filter(sent).select_related("referral").order_by("due_at", "pk")[:limit])
    rows = {row.referral.pk: row for row in rows_of(by, {*legs, *(one.referral for one in papers)})}
    calls, paper_calls = called(legs), called_for_paper(papers)
    found = [
        Late(rows[leg.pk], rows[leg.pk].look.text, leg.due_at, leg.escalations, calls[leg.pk])
        for leg in legs
        if leg.due_at
    ]
    found += [
        Late(
            rows[one.referral_id], Backfill(one.kind).label, one.due_at, one.escalations, paper_calls[one.pk]
        )
        for one in papers
        if one.due_at
    ]
    return sorted(found, key=_order)[:limit]


def _order(one: Late) -> tuple[bool, datetime]:
    return one.row.referral.priority != Priority.EMERGENCY, one.since


def leave_to_the_clock(*, by: Actor, referral_id: UUID, event: str) -> NoReturn:
    """Nobody causes an event of the clock: Conflict (409) where it does not exist in the leg's state, else Refused
    (403); OutOfReach (404) for a leg of others."""
    leg = REFERRAL.fetch(by, "view", referral_id)
    if (Status(leg.status), Event(event)) in TRANSITIONS:
        raise Refused(_("Only the clock does this."), detail={"event": event})
    raise Conflict(
        _("In its present state this step is not possible."),
        code="illegal_step",
        detail={"status": leg.status, "event": event},
    )


def late_papers(*, by: Actor) -> list[UUID]:
    """Papers to which the clock comes now."""
    rows = BACKFILL.rows(by, "remind").filter(done_at__isnull=True, call_at__lte=clock.now())
    return list(rows.order_by("call_at", "pk").values_list("pk", flat=True)[:200])


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper that is still to be written, as home and leg show it."""

    task: BackfillTask
    kind: Backfill

    @property
    def what(self) -> Text:
        return self.kind.label

    @property
    def span(self) -> int:
        """Seconds there are for it."""
        whole = RECORD_WITHIN if self.kind == Backfill.RECORD else timedelta(hours=24)
        return int(whole.total_seconds())

    @property
    def verb(self) -> Aside:
        return Aside.FORM_COMPLETED if self.kind == Backfill.FORM else Aside.RECORD_COMPLETED


def papers_of(referral: Referral) -> list[Paper]:
    """What is still to be written of one leg, which was let through already."""
    if referral.status == Status.ENTERED_IN_ERROR:
        return []
    rows = referral.backfills.filter(done_at__isnull=True).order_by("due_at", "kind")
    return [Paper(row, Backfill(row.kind)) for row in rows]


def my_papers(*, by: Actor) -> list[Paper]:
    """Papers the actor's institutions still owe, those with the least time first; each with its leg."""
    if not REFERRAL.allows(by, "backfill"):
        return []
    legs = REFERRAL.rows(by, "backfill").exclude(status=Status.ENTERED_IN_ERROR)
    rows = BackfillTask.objects.filter(referral__in=legs, done_at__isnull=True, due_at__isnull=False)
    return [
        Paper(row, Backfill(row.kind))
        for row in rows.select_related("referral").order_by("due_at", "pk")[:50]
    ]
