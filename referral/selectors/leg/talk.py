"""What both doctors said about a leg."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import prefetch_related_objects

from consortium.choices import OrganisationKind
from kernel import clock
from kernel.actor import Actor
from kernel.database import rows
from referral.choices import TALKS_ON, UNSENT, Side
from referral.models import Comment, Referral
from referral.policies import REFERRAL


@dataclass(frozen=True, slots=True)
class Word:
    """One comment, in the shape of ui/talk.html. `side`: branch or head; `own`: of the reader's own side."""

    id: UUID
    who: str
    place: str
    at: datetime
    text: str
    side: str
    own: bool
    read_at: datetime | None


@dataclass(frozen=True, slots=True)
class Talk:
    """`new`: the other side has said something this reader has not seen; `open`: she may answer."""

    words: list[Word]
    new: bool
    open: bool


def talk_open(leg: Referral) -> bool:
    """Whether the leg is open for words: sent, and not ended for so long that nobody reads them."""
    ended = leg.ended_at is not None and leg.ended_at + TALKS_ON < clock.now()
    return leg.status not in UNSENT and leg.submitted_at is not None and not ended


def side_of(by: Actor, leg: Referral) -> Side:
    """The side the actor stands on; who belongs to both stands on the receiving one."""
    return Side.RECEIVER if leg.target_id in by.organisations else Side.SENDER


def talk(by: Actor, referral: Referral) -> Talk:
    """The comments of a leg, oldest first, in two statements; none where nothing was said."""
    oldest = "t0.referral_id = %s ORDER BY t0.written_at, t0.id"
    said = rows.every(Comment, oldest, [referral.pk], related=("staff", "organisation"))
    prefetch_related_objects(said, "readings")
    mine = side_of(by, referral)
    unseen = [
        row
        for row in said
        if row.side != mine and by.id not in {seen.staff_id for seen in row.readings.all()}
    ]
    may = REFERRAL.allows(by, "comment")
    return Talk(
        words=[word_of(row, mine) for row in said],
        new=bool(unseen) and may,
        open=may and talk_open(referral),
    )


def words(*, by: Actor, referral_id: UUID) -> Talk:
    """The comments of a leg, for who may see the leg. 404 for a third hospital."""
    return talk(by, REFERRAL.fetch(by, "view", referral_id))


def word_of(row: Comment, mine: str) -> Word:
    head = row.organisation.kind == OrganisationKind.HEAD_HOSPITAL
    return Word(
        id=row.pk,
        who=row.staff.name,
        place=row.organisation.short_name,
        at=row.written_at,
        text=row.text,
        side="head" if head else "branch",
        own=row.side == mine,
        read_at=min((seen.read_at for seen in row.readings.all()), default=None),
    )
