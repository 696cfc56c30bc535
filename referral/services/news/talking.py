"""What the doctors of both sides say to each other about a leg: written once, read by the other side."""

from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consortium import services as consortium
from consortium.choices import NoticeLevel, Role
from consortium.services import Recipients
from kernel import audit, clock, idempotency, ids, outbox
from kernel.actor import Actor
from kernel.errors import Conflict, Invalid
from kernel.said import phrase
from referral.choices import Direction, Side
from referral.events import LegTalked
from referral.models import Comment, CommentReading, Referral
from referral.policies import REFERRAL
from referral.selectors.leg.talk import side_of, talk_open

LONGEST = 1000


@transaction.atomic
def comment(*, by: Actor, referral_id: UUID, key: str, text: str) -> Comment:
    """Say something to the other side, from the submission on until its access ends.

    Raises Invalid (422) without words, Conflict (409) for a leg that was not sent yet or ended too long ago.
    """
    pk = ids.uuid7()
    if earlier := idempotency.first(by=by, verb="referral.comment", key=key, subject=pk):
        REFERRAL.fetch(by, "comment", referral_id)
        return Comment.objects.get(pk=earlier, referral=referral_id)
    leg = REFERRAL.fetch(by, "comment", referral_id)
    if not text.strip() or len(text.strip()) > LONGEST:
        raise Invalid(fields={"text": _("Write up to %(n)d characters.") % {"n": LONGEST}})
    if not talk_open(leg):
        raise Conflict(_("This referral is not open for words any more."), code="talk_closed")
    said = Comment.objects.create(
        id=pk,
        referral=leg,
        side=side_of(by, leg),
        staff_id=by.person,
        organisation_id=by.place,
        text=text.strip(),
        written_at=clock.now(),
    )
    _mark(by, leg)
    audit.record(by=by, action="referral.commented", subject=leg, patient=leg.patient_id)
    outbox.emit(LegTalked(comment_id=str(said.pk), referral_id=str(leg.pk)))
    return said


@transaction.atomic
def read_comments(*, by: Actor, referral_id: UUID) -> int:
    """The actor has seen what the other side wrote; how much of it was new to her."""
    leg = REFERRAL.fetch(by, "comment", referral_id)
    seen = _mark(by, leg)
    audit.record(
        by=by, action="referral.comments_read", subject=leg, patient=leg.patient_id, detail={"comments": seen}
    )
    return seen


def _mark(by: Actor, leg: Referral) -> int:
    new = leg.comments.exclude(side=side_of(by, leg)).exclude(readings__staff=by.person)
    rows = [
        CommentReading(comment_id=pk, staff_id=by.person, read_at=clock.now())
        for pk in new.values_list("pk", flat=True)
    ]
    CommentReading.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


@transaction.atomic
def pass_on_comment(*, by: Actor, comment_id: UUID) -> int:
    """Tell the other side's doctor once; where none is named yet, its desk. How many were told."""
    said = Comment.objects.select_related("referral").get(pk=comment_id)
    leg = REFERRAL.fetch(by, "notify", said.referral_id)
    told = consortium.notify(
        by=by,
        key=f"referral:{leg.pk}:comment:{said.pk}",
        recipients=_other_side(leg, said.side),
        level=NoticeLevel.NOTE,
        title=phrase(gettext_lazy("%(number)s: the other side wrote"), number=leg.number),
        url=f"{reverse('referral:detail', args=[leg.pk])}#talk",
        patient_id=leg.patient_id,
    )
    audit.record(by=by, action="referral.comment_announced", subject=leg, detail={"told": told})
    return told


def _other_side(leg: Referral, side: str) -> Recipients:
    if side == Side.RECEIVER:
        return Recipients(staff=(leg.doctor_id,) if leg.doctor_id else ())
    if leg.receiving_doctor_id is not None:
        return Recipients(staff=(leg.receiving_doctor_id,))
    desk = Role.BRANCH_DOCTOR if leg.direction == Direction.DOWN else Role.COORDINATOR
    return Recipients(role=desk, organisation=leg.target_id)
