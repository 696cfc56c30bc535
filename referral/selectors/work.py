"""What of referral waits for a post."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kernel import clock
from kernel.actor import Actor
from kernel.errors import Text
from kernel.work import Count, Priority, Waiting, Work
from referral.choices import Direction, Event, Status
from referral.policies import READERS
from referral.selectors.board import Row, arrivals, board, counts, followups, words_of
from referral.selectors.detail import allowed

PRIORITIES: dict[str, Priority] = {"emergency": "emergency", "urgent": "urgent", "routine": "routine"}
ACTIONS: list[tuple[Event, Text]] = [
    (Event.ACCEPT, _("Answer")),
    (Event.ARRIVE, _("Confirm arrival")),
    (Event.ADMIT, _("Take into care")),
    (Event.START_REHAB, _("Take over")),
    (Event.COMPLETE_CARE, _("Write the reply")),
    (Event.LOG_VISIT, _("Record a visit")),
    (Event.ACKNOWLEDGE, _("Read and confirm")),
]


def work(*, by: Actor) -> Work:
    """Tiles and rows of the post; a row only when this post can take its next step."""
    if not by.has(*READERS):
        return Work()
    mine = board(by=by, tab="mine")
    rows = [waiting for row in mine if (waiting := _waiting(by, row))]
    late = sum(bool(row.due_at and row.due_at < clock.now()) for row in mine)
    numbers = counts(by=by)
    here = reverse("referral:board")
    tiles = [
        Count("referral", _("Referrals at my side"), numbers["mine"], here, late),
        Count(
            "referral-running",
            pgettext_lazy("referral", "On the way"),
            numbers["running"],
            f"{here}?tab=running",
        ),
    ]
    if numbers["drafts"]:
        tiles.append(Count("drafts", _("Drafts"), numbers["drafts"], f"{here}?tab=drafts"))
    expected = [row for row in arrivals(by=by) if row.referral.status != Status.ARRIVED]
    tiles.append(Count("arrivals", _("Expected"), len(expected), reverse("referral:arrivals")))
    plans = [row for row in followups(by=by) if row.referral.direction == Direction.DOWN]
    if plans:
        tiles.append(Count("followups", _("Follow-ups"), len(plans), reverse("referral:followups")))
    return Work(tuple(tiles), tuple(rows))


def _waiting(by: Actor, row: Row) -> Waiting | None:
    may = allowed(by, row.referral)
    action = next((words for event, words in ACTIONS if event.value in may), None)
    if action is None:
        return None
    return Waiting(
        key=f"referral-{row.referral.pk}",
        what=row.look.text,
        url=reverse("referral:detail", args=[row.referral.pk]),
        action=action,
        priority=PRIORITIES[row.referral.priority],
        patient_id=row.referral.patient_id,
        sub=words_of(row),
        since=row.referral.submitted_at,
        due_at=row.due_at,
    )
