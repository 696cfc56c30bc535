"""What specialists were asked about a leg, what they said, and what waits for a specialist's word."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from consortium import selectors as consortium
from consortium.choices import Role
from emr.index import selectors as index
from emr.index.selectors import PatientCard
from kernel.actor import Actor
from kernel.database import rows
from referral.choices import ASKED_ABOUT, Says, Status
from referral.models import Opinion, Referral
from referral.policies import OPINION, REFERRAL
from referral.selectors.lists.board import Row, rows_of

ASKED = pgettext_lazy("specialist's opinion", "specialist asked")
SAID = pgettext_lazy("specialist's opinion", "specialist's word")
MOST = 100


@dataclass(frozen=True, slots=True)
class Opinions:
    """Of one leg. `open`: the question that waits for this reader's word; `who`: whom the reader may ask."""

    rows: list[Opinion]
    open: Opinion | None
    who: list[tuple[str, str]]

    @property
    def mark(self) -> str:
        """Changes with every question and every word: an open page sees that there is something new."""
        return f"{len(self.rows)}-{sum(bool(one.says) for one in self.rows)}"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with the leg it is about."""

    opinion: Opinion
    row: Row


def opinions(by: Actor, leg: Referral) -> Opinions:
    """Questions and words of a leg, the newest first: two statements, one for who may not ask."""
    newest = "t0.referral_id = %s ORDER BY t0.asked_at DESC, t0.id DESC"
    named = ("department", "specialist", "asked_by", "answered_by")
    found = rows.every(Opinion, newest, [leg.pk], related=named)
    here = leg.target_id in by.organisations and leg.status in ASKED_ABOUT
    mine = [one for one in found if not one.says] if here and OPINION.allows(by, "answer") else []
    return Opinions(
        rows=found,
        open=next((one for one in mine if _to(by, one)), None),
        who=whom(leg) if here and OPINION.allows(by, "ask") else [],
    )


def _to(by: Actor, one: Opinion) -> bool:
    """Whether a question is put to this specialist: by name, or to his department."""
    if one.specialist_id is not None:
        return one.specialist_id == by.id
    return by.department is None or one.department_id == by.department


def whom(leg: Referral) -> list[tuple[str, str]]:
    """Who may be asked: of the leg's department each specialist by name, of every department "anyone"; one statement.

    Values are "department" or "department:staff".
    """
    posts = consortium.posts_with(role=Role.SPECIALIST, organisation_id=leg.target_id)
    posts.sort(key=lambda post: post.department_id != leg.department_id)
    anyone = _("%(department)s: whoever answers first")
    found: dict[str, str] = {}
    for post in posts:
        found.setdefault(str(post.department_id), anyone % {"department": post.department})
        if post.department_id == leg.department_id:
            found[f"{post.department_id}:{post.staff_id}"] = f"{post.department} {post.name}"
    return list(found.items())


def marked(legs: QuerySet[Referral]) -> QuerySet[Referral]:
    """Legs with `asked_now` (a specialist owes a word) and `answered_now` (one has given his), in one statement."""
    of_leg = Opinion.objects.filter(referral=OuterRef("pk"))
    return legs.annotate(
        asked_now=Exists(of_leg.filter(says="")), answered_now=Exists(of_leg.exclude(says=""))
    )


def _waiting(by: Actor) -> QuerySet[Opinion]:
    rows = OPINION.rows(by, "answer").filter(says="", referral__status__in=ASKED_ABOUT)
    return rows.filter(referral__in=REFERRAL.rows(by, "view"))


def opinions_wanted(*, by: Actor) -> list[Asked]:
    """Questions that wait for this specialist's word, the leg that is due first on top; none for other posts."""
    if not OPINION.allows(by, "answer"):
        return []
    found = _waiting(by).select_related("referral", "department", "asked_by")
    asked = list(found.order_by("referral__due_at", "asked_at", "pk")[:MOST])
    legs = {row.referral.pk: row for row in rows_of(by, [one.referral for one in asked])}
    return [Asked(one, legs[one.referral_id]) for one in asked]


def my_opinions(*, by: Actor) -> list[Asked]:
    """The same as a page of its own. 403 for posts nobody asks."""
    OPINION.ask(by, "answer")
    return opinions_wanted(by=by)


@dataclass(frozen=True, slots=True)
class OpinionPage:
    """One question with the leg and the patient; `answers`: whether the reader's word is still wanted."""

    opinion: Opinion
    row: Row
    card: PatientCard
    answers: bool
    advises: bool


def opinion(*, by: Actor, opinion_id: UUID) -> OpinionPage:
    """One question, for who is asked and for the desk that asked. 404 for anybody else."""
    row = OPINION.fetch(by, "view", opinion_id)
    leg = REFERRAL.fetch(by, "view", row.referral_id)
    (told,) = rows_of(by, [leg])
    wanted = OPINION.allows(by, "answer") and not row.says and leg.status in ASKED_ABOUT
    return OpinionPage(
        opinion=row,
        row=told,
        card=index.card(by=by, patient_id=leg.patient_id),
        answers=wanted,
        advises=wanted and REFERRAL.allows(by, "advise") and leg.status == Status.SUBMITTED,
    )


def lines(rows: Iterable[Opinion], by: Actor) -> list[dict[str, object]]:
    """The same as lines of a leg's history; the words of an opinion stay at the receiving side."""
    found: list[dict[str, object]] = []
    for one in rows:
        here = one.department.organisation_id in by.organisations
        to = f"{one.department.name} {one.specialist.name if one.specialist else ''}".strip()
        asked = f"{one.asked_by.name} → {to} {one.question if here else ''}".strip()
        found.append({"at": one.asked_at, "what": ASKED, "text": asked, "tone": ""})
        if one.says and one.answered_by:
            said = f"：{Says(one.says).label} {one.words}".rstrip() if here else ""
            words = f"{one.department.name} {one.answered_by.name}{said}"
            found.append({"at": one.answered_at, "what": SAID, "text": words, "tone": ""})
    return found
