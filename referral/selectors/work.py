"""What of referral waits for a post."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from consortium.choices import Role
from kernel.actor import Actor
from kernel.errors import Text
from kernel.work import Count, Priority, Waiting, Work
from referral.choices import Event
from referral.choices.table import REFER_DOCTOR
from referral.policies import READERS, RELATION
from referral.selectors.desk.glance import allowed
from referral.selectors.desk.opinions import Asked, opinions_wanted
from referral.selectors.desk.waitlist import open_questions
from referral.selectors.down.followups import numbers as visits_due
from referral.selectors.house.relations import towards_closed
from referral.selectors.lists.board import Row, counts, doubled, waiting, words_of
from referral.selectors.lists.late import Paper, late_counts, my_papers

PRIORITIES: dict[str, Priority] = {"emergency": "emergency", "urgent": "urgent", "routine": "routine"}
ACTIONS: list[tuple[Event, Text]] = [
    (Event.CONFIRM_READY, _("Make ready")),
    (Event.ACCEPT, _("Answer")),
    (Event.SCHEDULE, pgettext_lazy("referral step", "Keep a bed")),
    (Event.APPROVE, _("Sign as second")),
    (Event.SUPPLY_INFO, _("Supply what is asked for")),
    (Event.CLOSE_NO_SHOW, _("Phone the patient")),
    (Event.ARRIVE, _("Confirm arrival")),
    (Event.ADMIT, _("Take into care")),
    (Event.START_REHAB, _("Take over")),
    (Event.START_DOWN_LEG, _("Send the plan")),
    (Event.COMPLETE_CARE, _("Write the reply")),
    (Event.LOG_VISIT, _("Record a visit")),
    (Event.ACKNOWLEDGE, _("Read and confirm")),
]
LATE_WORDS: dict[str, Text] = {"mine": _("Late at my side"), "other": _("Late at the other side")}


def work(*, by: Actor) -> Work:
    """Tiles and rows of the post; a row only when this post can take its next step."""
    if not by.has(*READERS):
        return Work(waiting=tuple(_of_the_office(by)))
    rows = [row for leg in waiting(by=by) if (row := _waiting(by, leg))]
    numbers = counts(by=by)
    if numbers["doubled"]:
        rows += [_twin(row) for row in doubled(by=by)]
    rows += _asked_of_the_ward(by)
    rows += [_owed(paper) for paper in my_papers(by=by)]
    wanted = opinions_wanted(by=by)
    rows += [_opinion(one) for one in wanted]
    return Work(tuple(_tiles(by, numbers, len(wanted))), tuple(rows))


def _tiles(by: Actor, numbers: dict[str, int], wanted: int) -> list[Count]:
    """Tiles of the post, each exactly its list. `wanted`: how many wait for this specialist's word."""
    here = reverse("referral:board")
    running, drafts = f"{here}?tab=running", f"{here}?tab=drafts"
    tiles = [
        Count("referral", _("Referrals at my side"), numbers["mine"], here, numbers["late"]),
        Count("referral-running", pgettext_lazy("referral", "On the way"), numbers["running"], running),
        Count("arrivals", _("Expected"), numbers["expected"], reverse("referral:arrivals")),
    ]
    if numbers["drafts"]:
        tiles.insert(2, Count("drafts", _("Drafts"), numbers["drafts"], drafts))
    if wanted:
        words = pgettext_lazy("specialist's opinion", "My word is wanted")
        tiles.insert(0, Count("opinions", words, wanted, reverse("referral:opinions")))
    if numbers["calls"] and by.has(*REFER_DOCTOR):
        words = pgettext_lazy("referral call", "To phone")
        tiles.append(Count("calls", words, numbers["calls"], reverse("referral:calls")))
    if by.has(Role.BRANCH_DOCTOR):
        tiles += _way_back(by, numbers["incoming"])
    late = late_counts(by=by)
    return tiles + [
        Count(f"late-{side}", words, late[side], f"{reverse('referral:late')}?side={side}", late[side])
        for side, words in LATE_WORDS.items()
        if late[side]
    ]


def _way_back(by: Actor, incoming: int) -> list[Count]:
    """What comes down to a branch, and the visits that are due: each tile is exactly its list."""
    due, here = visits_due(by=by), reverse("referral:followups")
    return [
        Count("incoming", _("Coming down"), incoming, f"{here}?show=incoming"),
        Count("followups", _("Visits due"), due["due"], here, due["late"]),
    ]


def _opinion(one: Asked) -> Waiting:
    """The referral desk waits for this specialist's word."""
    leg = one.row.referral
    return Waiting(
        key=f"opinion-{one.opinion.pk}",
        what=pgettext_lazy("specialist's opinion", "What do you think?"),
        url=reverse("referral:opinion", args=[one.opinion.pk]),
        action=_("Answer"),
        priority=PRIORITIES[leg.priority],
        patient_id=leg.patient_id,
        sub=f"{one.opinion.question or leg.diagnosis} · {one.row.source}",
        since=one.opinion.asked_at,
        due_at=one.row.due_at,
    )


def _owed(paper: Paper) -> Waiting:
    """A paper of an emergency that is still to be written."""
    leg = paper.task.referral
    return Waiting(
        key=f"paper-{paper.task.pk}",
        what=paper.what,
        url=f"{reverse('referral:detail', args=[leg.pk])}#papers",
        action=_("Write it"),
        priority="urgent",
        patient_id=leg.patient_id,
        sub=f"{leg.number} · {leg.diagnosis}",
        since=paper.task.since_at,
        due_at=paper.task.due_at,
    )


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


def _twin(row: Row) -> Waiting:
    """Two records of a patient are one, and both have a leg here: somebody settles which of them stays."""
    return Waiting(
        key=f"referral-twin-{row.referral.pk}",
        what=pgettext_lazy("referral", "referred twice"),
        url=reverse("referral:detail", args=[row.referral.pk]),
        action=_("Look at both"),
        priority=PRIORITIES[row.referral.priority],
        patient_id=row.referral.patient_id,
        sub=words_of(row),
        since=row.referral.submitted_at,
    )


def _of_the_office(by: Actor) -> list[Waiting]:
    """Legs that are open towards a closed institution: the consortium office has their senders move them."""
    if not RELATION.allows(by, "view"):
        return []
    return [
        Waiting(
            key=f"closed-{one.organisation_id}",
            what=_("Referrals towards a closed institution"),
            url=reverse("referral:relations"),
            action=pgettext_lazy("referral relation", "Have them moved"),
            priority="urgent",
            sub=f"{one.name} {one.legs}",
        )
        for one in towards_closed(by=by)
    ]


def _asked_of_the_ward(by: Actor) -> list[Waiting]:
    """Beds the referral centre asks the own ward for."""
    return [
        Waiting(
            key=f"ward-{one.pk}",
            what=_("Is there a bed?"),
            url=reverse("referral:ward_question", args=[one.pk]),
            action=_("Answer"),
            priority=PRIORITIES[one.referral.priority],
            patient_id=one.referral.patient_id,
            sub=f"{one.department.name} {one.words}".strip(),
            since=one.asked_at,
        )
        for one in open_questions(by=by)
    ]
