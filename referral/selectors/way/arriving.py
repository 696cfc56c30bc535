"""Who is expected at the door, who seems to have come, and whose form this is."""

from dataclasses import dataclass
from uuid import UUID

from kernel import papers
from kernel.actor import Actor
from kernel.errors import OutOfReach
from referral.choices import AT_THE_DOOR, PAPER, ProposalState, Status
from referral.models import ArrivalProposal, Referral
from referral.policies import PROPOSAL, REFERRAL
from referral.selectors.lists.board import PAGE, Row, rows_of, urgent_first

MOST = 50


@dataclass(frozen=True, slots=True)
class Proposed:
    """Somebody expected who seems to have come, with what said so."""

    proposal: ArrivalProposal
    row: Row


def expected(*, by: Actor, start: int = 0, limit: int = PAGE) -> list[Row]:
    """Who is expected here, also before the decision; then those who have arrived and wait for the doctor."""
    here = REFERRAL.rows(by, "receive")
    found = urgent_first(here.filter(status__in=(*AT_THE_DOOR, Status.ARRIVED)))
    return rows_of(by, found[start : start + limit])


def proposed(*, by: Actor) -> list[Proposed]:
    """Those who seem to have come and are still expected, the longest waiting first."""
    rows = PROPOSAL.rows(by, "view").filter(state=ProposalState.OPEN, referral__status__in=AT_THE_DOOR)
    found = list(rows.select_related("referral").order_by("noticed_at", "pk")[:MOST])
    legs = {row.referral.pk: row for row in rows_of(by, [one.referral for one in found])}
    return [Proposed(one, legs[one.referral_id]) for one in found]


def received_leg(*, by: Actor, referral_id: UUID) -> Row:
    """One leg sent to the own institution. 404 for any other."""
    leg = REFERRAL.fetch(by, "view", referral_id)
    if leg.target_id not in by.organisations:
        raise OutOfReach(detail={"model": "referral.referral", "pk": str(referral_id)})
    (row,) = rows_of(by, [leg])
    return row


def leg_of(*, by: Actor, code: str) -> UUID:
    """The leg whose form bears this code, address or number, among those the actor sees.

    Raises OutOfReach (404) alike for a code nobody gave and for a form of other hospitals.
    """
    said = code.strip()
    subject = papers.subject_of(PAPER, said)
    which = {"pk": subject} if subject else {"number": said.upper()}
    found: Referral | None = REFERRAL.rows(by, "view").filter(**which).first()
    if found is None:
        raise OutOfReach(detail={"model": "referral.referral"})
    return found.pk
