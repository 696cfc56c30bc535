"""One leg on one page: where is she, whose turn is it, what was said."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from consortium import selectors as consortium
from consortium.choices import Role
from kernel.actor import Actor
from kernel.database import rows
from kernel.errors import Text
from referral.choices import (
    BED_DESK,
    CHANGEABLE,
    WHAT,
    Event,
    ItemState,
    Priority,
    Side,
    Status,
    next_step,
    turn_of,
)
from referral.engine.folding import folded
from referral.models import HistoryEntry, PlanItem, Referral
from referral.policies import REFER_DOCTORS, REFERRAL, WARD_STAFF
from referral.selectors.criteria.judgement import Judgement, kept
from referral.selectors.desk.glance import Glance, glance
from referral.selectors.desk.opinions import lines
from referral.selectors.down.downside import DownPart, down_part
from referral.selectors.down.readings import dangerous
from referral.selectors.leg.asides import Beside, asides
from referral.selectors.leg.path import steps
from referral.selectors.leg.talk import Talk, talk
from referral.selectors.lists.board import Row, rows_of
from referral.selectors.lists.late import Paper, papers_of
from referral.selectors.outside.legs import telephones


@dataclass(frozen=True, slots=True)
class Turn:
    """Whose turn it is: who, what is expected, whom to phone, until when."""

    who: Text
    what: Text
    phone: str
    due_at: datetime | None
    span: int
    mine: bool
    buttons: tuple[Any, ...] = ()
    foot: Text = ""


@dataclass(frozen=True, slots=True)
class Detail(Glance):
    """Everything of one leg that its page shows."""

    steps: list[dict[str, object]]
    turn: Turn
    events: list[dict[str, object]]
    plan: list[PlanItem]
    legs: list[Row]
    twins: list[Row]
    signed_by: str
    down: DownPart
    talk: Talk
    papers: list[Paper]
    beside: frozenset[str]
    telephones: bool

    @property
    def judgement(self) -> Judgement | None:
        """What the criteria said when the form was written; None where they were not asked."""
        return kept(self.referral.criteria)

    @property
    def worse(self) -> PlanItem | None:
        """The last visit, where it asks to refer up at once and the reader may."""
        return dangerous(self.plan) if Event.RE_ESCALATE in self.may else None

    @property
    def writes(self) -> bool:
        """Whether the reader has something long to write here: it takes the wide column, all else stands beside."""
        return bool({Event.COMPLETE_CARE, Event.START_DOWN_LEG} & set(self.may))

    @property
    def plan_due(self) -> bool:
        """Whether an item of the plan is still to be done or waived."""
        return any(item.state == ItemState.DUE for item in self.plan)

    @property
    def first_step(self) -> str:
        """The step that stands open on top of the page because it is the one to take now, "" for none: who waits for
        an emergency, sending one that was begun, the place of somebody who has none."""
        rush = self.referral.status == Status.DRAFT and self.referral.priority == Priority.EMERGENCY
        asked = {
            Event.CONFIRM_READY: not self.referral.ready,
            Event.EMERGENCY_SEND: rush,
            Event.SCHEDULE: True,
        }
        return next((step.value for step, now in asked.items() if now and step.value in self.may), "")


def detail(*, by: Actor, referral_id: UUID) -> Detail:
    """One leg. 404 for a third hospital."""
    (row,) = rows_of(by, [REFERRAL.fetch(by, "view", referral_id)])
    referral, seen = row.referral, glance(by=by, row=row)
    entries = list(referral.entries.select_related("staff", "organisation").order_by("version"))
    return Detail(
        **{one.name: getattr(seen, one.name) for one in fields(seen)},
        steps=steps(referral, entries),
        turn=_turn(by, row),
        events=_events(entries, asides([referral.pk]), lines(seen.opinions.rows, by)),
        plan=rows.every(PlanItem, "referral_id = %s ORDER BY place", [referral.pk]),
        legs=_relatives(by, referral),
        twins=twins(by, referral),
        signed_by=_signer(referral, seen),
        down=down_part(by, referral, seen.may),
        talk=talk(by, referral),
        papers=papers_of(referral),
        beside=beside(by, referral),
        telephones=telephones(by, referral),
    )


def _signer(referral: Referral, seen: Glance) -> str:
    """Who signed the form last, by name where she is one of its doctors."""
    account = str((referral.signature or {}).get("by", ""))
    doctors = ((referral.doctor, seen.doctor), (referral.receiving_doctor, seen.receiving_doctor))
    return next((name for one, name in doctors if one and name and one.username == account), account)


def twins(by: Actor, referral: Referral) -> list[Row]:
    """Other open legs of the same person to the same department, found when two records became one."""
    if not referral.doubled:
        return []
    found = REFERRAL.rows(by, "view").filter(person=referral.person_id, doubled=True)
    same = found.filter(direction=referral.direction, department=referral.department_id).exclude(
        pk=referral.pk
    )
    return rows_of(by, same.order_by("created_at", "pk"))


def beside(by: Actor, referral: Referral) -> frozenset[str]:
    """What the actor may do with this leg beside the table: change its urgency or the day a place is expected, write
    a paper that is owed, write down that she has left."""
    sends, receives = referral.source_id in by.organisations, referral.target_id in by.organisations
    found = set()
    if sends and by.has(*REFER_DOCTORS):
        found.add("backfill")
    judges = (sends and by.has(*REFER_DOCTORS)) or (receives and by.has(Role.COORDINATOR, Role.BRANCH_DOCTOR))
    if judges and Status(referral.status) in CHANGEABLE:
        found.add("prioritise")
    if receives and by.has(*BED_DESK) and referral.status == Status.WAITLISTED:
        found.add("expect")
    cares = receives and by.has(*WARD_STAFF)
    if cares and referral.status == Status.IN_CARE and referral.discharged_at is None:
        found.add("discharge")
    return frozenset(found)


def _relatives(by: Actor, referral: Referral) -> list[Row]:
    family = list(referral.children.all())
    if referral.parent is not None:
        family.append(referral.parent)
    return rows_of(by, family)


def _turn(by: Actor, row: Row) -> Turn:
    status = Status(row.referral.status)
    side = turn_of(status, row.referral.follow_up)
    if side is None:
        return Turn(
            _("nobody any more"),
            status.label,
            "",
            None,
            0,
            False,
            foot=next_step(row.referral, received=row.received),
        )
    place = row.referral.source_id if side == Side.SENDER else row.referral.target_id
    duty = consortium.on_duty(organisation=place)
    return Turn(
        who=row.source if side == Side.SENDER else f"{row.target} {row.department}".strip(),
        what=WHAT[status],
        phone=duty[0].telephone if duty else "",
        due_at=row.due_at,
        span=row.span,
        mine=row.mine,
        foot=next_step(row.referral, received=row.received),
    )


def _who(entry: HistoryEntry) -> str:
    """Who did it, where, for whom; the house names itself."""
    if entry.staff is None or entry.organisation is None:
        return str(_("the platform"))
    behalf = f" ({entry.get_behalf_display()})" if entry.behalf else ""
    return f"{entry.staff.name} {entry.organisation.short_name}{behalf}"


def _events(
    entries: list[HistoryEntry], beside_table: list[Beside], more: list[dict[str, object]]
) -> list[dict[str, object]]:
    """The history and what else was said of the leg, newest first, for ui/timeline.html."""
    steps = [(one.version, _line(one, times)) for one, times in folded(entries, _rings)]
    changes = [(one.version, _told(one.at, one.what.label, one.text)) for one in beside_table]
    found = [line for _version, line in sorted([*steps, *changes], key=lambda one: one[0], reverse=True)]
    if not more:
        return found
    return sorted([*found, *more], key=lambda one: one["at"], reverse=True)  # type: ignore[arg-type, return-value]  # moments


TONES: Final[Mapping[str, str]] = {
    Event.REJECT: "bad",
    Event.WITHDRAW: "bad",
    Event.SUBMIT: "up",
    Event.ACCEPT: "good",
}


def told_words(event: str, words: str, times: int) -> str:
    """The words of a step; a ring of the clock has only its number, and says what that counts, of `times` together."""
    if event != Event.ESCALATE or not words.isdigit():
        return words
    last = int(words)
    if times > 1:
        return gettext("calls no. %(first)d to %(last)d") % {"first": last - times + 1, "last": last}
    return gettext("call no. %(n)d") % {"n": last}


def _rings(entry: HistoryEntry) -> str | None:
    return entry.event if entry.event == Event.ESCALATE else None


def _line(entry: HistoryEntry, times: int) -> dict[str, object]:
    words = f"{_who(entry)} {told_words(entry.event, entry.words, times)}".strip()
    return _told(entry.happened_at, Event(entry.event).label, words, TONES.get(entry.event, ""))


def _told(at: datetime, what: Text, text: str, tone: str = "") -> dict[str, object]:
    return {"at": at, "what": what, "text": text, "tone": tone}
