"""Changes that wait for a second person, and those decided."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from consortium.choices import Verdict
from consortium.kinds import KINDS, ChangeKind, Line
from consortium.models import Change
from consortium.policies import CHANGE
from consortium.selectors.people.directory import current_posts
from kernel.actor import Actor
from kernel.errors import Refused, Text

PAGE = 50


@dataclass(frozen=True)
class Proposal:
    """A change as its page shows it: what it is, in one sentence, field by field, and what the reader may do."""

    change: Change
    kind: Text
    sentence: Text
    lines: list[Line]
    may_decide: bool
    may_withdraw: bool


def deciders(kind: ChangeKind, *, besides: UUID | None = None) -> list[UUID]:
    """Who could be the second person of this kind today, without the proposer."""
    return _holders(kind.deciders, besides)


def may_propose(name: str, *, by: Actor) -> bool:
    """Whether this post asks for changes of this kind."""
    return CHANGE.allows(by, "propose") and by.has(*KINDS[name].proposers)


def waits_for_second(*kinds: str) -> set[tuple[str, UUID]]:
    """What of these kinds is asked for and not yet decided: kind and whom it is about."""
    rows = Change.objects.filter(kind__in=kinds, verdict=Verdict.WAITING, subject__isnull=False)
    return {(kind, subject) for kind, subject in rows.values_list("kind", "subject") if subject}


def stand_ins(kind: ChangeKind) -> list[UUID]:
    """Who decides while there is no other decider."""
    return _holders([kind.stand_in], None)


def _holders(roles: Iterable[str], besides: UUID | None) -> list[UUID]:
    rows = current_posts().filter(role__in=list(roles)).exclude(staff=besides)
    return list(rows.order_by("staff_id").values_list("staff_id", flat=True).distinct())


def changes(*, by: Actor, show: str = "", page: int = 1) -> tuple[list[Proposal], bool]:
    """A page of the changes this post sees: those waiting (oldest first), or with `show` "decided" the newest."""
    rows = CHANGE.rows(by, "view").select_related("proposed_by", "decided_by", "proposed_for")
    waiting = Q(verdict=Verdict.WAITING)
    found = rows.exclude(waiting) if show == "decided" else rows.filter(waiting)
    ordered = found.order_by("-decided_at", "-pk") if show == "decided" else found.order_by("pk")
    start = (page - 1) * PAGE
    cut = list(ordered[start : start + PAGE + 1])
    return [_proposal(by, change) for change in cut[:PAGE]], len(cut) > PAGE


def change(*, by: Actor, change_id: UUID) -> Proposal:
    """One change. 404 when it is not this post's to see."""
    row: Change = CHANGE.fetch(by, "view", change_id)
    return _proposal(by, row)


def proposals_about(*, by: Actor, subject: UUID) -> list[Proposal]:
    """Changes about one person or thing that wait, oldest first."""
    rows = CHANGE.rows(by, "view").filter(subject=subject, verdict=Verdict.WAITING)
    found = rows.select_related("proposed_by", "decided_by", "proposed_for").order_by("pk")
    return [_proposal(by, row) for row in found]


def may_ask(*, by: Actor) -> None:
    """Raise Refused (403) unless this post asks the managers for accounts and posts."""
    if not by.has(*KINDS["account.open"].proposers):
        raise Refused(detail={"action": "propose", "model": "consortium.change"})


def may_ask_for_clients(*, by: Actor) -> None:
    """Raise Refused (403) unless this post asks for API clients."""
    if not by.has(*KINDS["client.register"].proposers):
        raise Refused(detail={"action": "propose", "model": "consortium.change"})


def waiting_for(*, by: Actor) -> int:
    """How many changes wait for this person's decision."""
    if not CHANGE.allows(by, "decide"):
        return 0
    rows = CHANGE.rows(by, "decide").filter(verdict=Verdict.WAITING)
    return sum(1 for row in rows if _may_decide(by, row))


def _proposal(by: Actor, row: Change) -> Proposal:
    kind = KINDS[row.kind]
    waits = row.verdict == Verdict.WAITING
    return Proposal(
        change=row,
        kind=kind.label,
        sentence=kind.describe(row.payload),
        lines=kind.compare(row.payload),
        may_decide=waits and _may_decide(by, row),
        may_withdraw=waits and row.proposed_by_id == by.id,
    )


def _may_decide(by: Actor, row: Change) -> bool:
    kind = KINDS[row.kind]
    if row.proposed_by_id == by.id:
        return False
    if by.has(*kind.deciders):
        return True
    return by.has(kind.stand_in) and not deciders(kind, besides=row.proposed_by_id)
