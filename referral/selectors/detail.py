"""One leg on one page: where is she, whose turn is it, what was said."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from consortium import selectors as consortium
from consortium.choices import Role
from emr.index import selectors as index
from emr.index.selectors import PatientCard
from kernel.actor import Actor
from kernel.errors import Text
from referral.choices import (
    AT_THE_DOOR,
    BED_DESK,
    CHANGEABLE,
    TRANSITIONS,
    WHAT,
    Event,
    ItemState,
    Look,
    Priority,
    Side,
    Status,
    fits,
    next_step,
    turn_of,
)
from referral.models import Attachment, HistoryEntry, PlanItem, Referral
from referral.policies import REFER_DOCTORS, REFERRAL
from referral.selectors.answering import Offer, Place, Told, offer, told
from referral.selectors.asides import Beside, asides
from referral.selectors.board import Row, rows_of
from referral.selectors.downside import DownPart, down_part
from referral.selectors.judgement import Judgement, kept
from referral.selectors.late import Paper, papers_of
from referral.selectors.opinions import Opinions, lines, opinions
from referral.selectors.outside import telephones
from referral.selectors.path import steps
from referral.selectors.reaching import Reached, reached
from referral.selectors.talk import Talk, talk

DESK_STEPS = (Event.CONFIRM_READY, Event.SCHEDULE, Event.RESCHEDULE)


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
class Detail:
    """Everything of one leg that its page shows. `may` holds the events the actor may cause now."""

    referral: Referral
    row: Row
    card: PatientCard
    steps: list[dict[str, object]]
    turn: Turn
    events: list[dict[str, object]]
    attachments: list[Attachment]
    plan: list[PlanItem]
    may: frozenset[str]
    offer: Offer
    told: Told
    doctor: str
    receiving_doctor: str
    legs: list[Row]
    twins: list[Row]
    signed_by: str
    down: DownPart
    talk: Talk
    papers: list[Paper]
    beside: frozenset[str]
    telephones: bool
    opinions: Opinions
    reach: Reached

    @property
    def look(self) -> Look:
        """How the state looks to the reader's side."""
        return self.row.look

    @property
    def judgement(self) -> Judgement | None:
        """What the criteria said when the form was written; None where they were not asked."""
        return kept(self.referral.criteria)

    @property
    def departments(self) -> list[Any]:
        return self.offer.departments

    @property
    def plan_due(self) -> bool:
        """Whether an item of the plan is still to be done or waived."""
        return any(item.state == ItemState.DUE for item in self.plan)

    @property
    def beds(self) -> list[tuple[str, list[Place]]]:
        return self.offer.beds

    @property
    def own_beds(self) -> list[tuple[str, list[Place]]]:
        """Free places of the leg's own department: no other one is kept for it once it has been accepted."""
        return [(ward, places) for ward, places in self.beds if ward == self.row.department]

    @property
    def may_arrive(self) -> bool:
        """Whether the patient may come to the door with this form."""
        return self.referral.status in AT_THE_DOOR

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

    @property
    def desk_step(self) -> str:
        """The step a desk takes with this leg where it is not to be answered any more, "" for none."""
        return next((event.value for event in DESK_STEPS if event.value in self.may), "")


def detail(*, by: Actor, referral_id: UUID) -> Detail:
    """One leg. 404 for a third hospital."""
    (row,) = rows_of(by, [REFERRAL.fetch(by, "view", referral_id)])
    return chosen(by=by, row=row)


def chosen(*, by: Actor, row: Row) -> Detail:
    """The same of a row from one of the lists, whose leg was let through already."""
    referral = row.referral
    names = consortium.names([referral.doctor_id, referral.receiving_doctor_id])
    may = allowed(by, referral)
    asked = opinions(by, referral)
    entries = list(referral.entries.select_related("staff", "organisation").order_by("version"))
    return Detail(
        referral=referral,
        row=row,
        card=index.card(by=by, patient_id=referral.patient_id),
        steps=steps(referral, entries),
        turn=_turn(by, row),
        events=_events(entries, asides([referral.pk]), lines(asked.rows, by)),
        attachments=list(referral.attachments.order_by("kind", "pk")),
        plan=list(referral.plan.order_by("place")),
        may=may,
        offer=offer(by, referral, may),
        told=told(referral, f"referral:{referral.pk}"),
        doctor=names.get(referral.doctor_id, "") if referral.doctor_id else referral.outside_doctor,
        receiving_doctor=names.get(referral.receiving_doctor_id, "") if referral.receiving_doctor_id else "",
        legs=_relatives(by, referral),
        twins=twins(by, referral),
        signed_by=_signer(referral, names),
        down=down_part(by, referral, may),
        talk=talk(by, referral),
        papers=papers_of(referral),
        beside=beside(by, referral),
        telephones=telephones(by, referral),
        opinions=asked,
        reach=reached(referral).masked,
    )


def _signer(referral: Referral, names: Mapping[UUID, str]) -> str:
    """Who signed the form last, by name where she is one of its doctors."""
    account = str((referral.signature or {}).get("by", ""))
    doctors = [one for one in (referral.doctor, referral.receiving_doctor) if one and one.username == account]
    return names.get(doctors[0].pk, account) if doctors else account


def allowed(by: Actor, referral: Referral) -> frozenset[str]:
    """The events the table lets this actor cause in the present state."""
    found = set()
    for (status, event), step in TRANSITIONS.items():
        places = {Side.SENDER: {referral.source_id}, Side.RECEIVER: {referral.target_id}}
        here = places.get(step.side, {referral.source_id, referral.target_id}) & by.organisations
        if status == referral.status and fits(event, referral.direction) and here and by.has(*step.roles):
            found.add(event.value)
    return frozenset(found)


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
    a paper that is owed."""
    sends, receives = referral.source_id in by.organisations, referral.target_id in by.organisations
    found = set()
    if sends and by.has(*REFER_DOCTORS):
        found.add("backfill")
    judges = (sends and by.has(*REFER_DOCTORS)) or (receives and by.has(Role.COORDINATOR, Role.BRANCH_DOCTOR))
    if judges and Status(referral.status) in CHANGEABLE:
        found.add("prioritise")
    if receives and by.has(*BED_DESK) and referral.status == Status.WAITLISTED:
        found.add("expect")
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
    steps = [(one.version, _line(one)) for one in entries]
    changes = [
        (one.version, _told(one.at, one.what.label, f"{one.who} {one.before} → {one.after} {one.reason}"))
        for one in beside_table
    ]
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


def _line(entry: HistoryEntry) -> dict[str, object]:
    words = f"{_who(entry)} {entry.words}".strip()
    return _told(entry.happened_at, Event(entry.event).label, words, TONES.get(entry.event, ""))


def _told(at: datetime, what: Text, text: str, tone: str = "") -> dict[str, object]:
    return {"at": at, "what": what, "text": text, "tone": tone}
