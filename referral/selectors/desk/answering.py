"""What the desk chooses from when it answers, and what the answer told."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _

from consortium import selectors as consortium
from emr.capacity import selectors as capacity
from emr.capacity.selectors import Ward
from kernel.actor import Actor
from kernel.database import rows
from kernel.errors import Text
from referral.choices import Event, Priority
from referral.models import Handover, Invitation, Referral
from referral.policies import WARD_QUESTION
from referral.selectors.desk.guides import GuideRow, guide_of

CHOOSES: Final = frozenset({Event.ACCEPT, Event.SCHEDULE, Event.ARRIVE})
BEDS_CHOSEN: Final = frozenset({Event.ACCEPT, Event.SCHEDULE, Event.RESCHEDULE})


@dataclass(frozen=True, slots=True)
class Place:
    """A free bed or number in a list of choices. `id`: the bed's, or "pool:" and the pool's."""

    id: UUID | str
    code: Text


@dataclass(frozen=True, slots=True)
class Offer:
    """Departments and free places of the receiving institution; what is chosen before anybody chooses; its guide."""

    departments: list[Any]
    beds: list[tuple[str, list[Place]]]
    department_id: UUID | None
    bed_id: UUID | str | None
    guide: GuideRow | None
    asks_ward: bool


@dataclass(frozen=True, slots=True)
class Told:
    """What branch and patient were told, until when the bed is kept, what goes with the patient."""

    invitation: Invitation | None
    kept_until: datetime | None
    handover: Handover | None


def offer(by: Actor, referral: Referral, may: Collection[str]) -> Offer:
    """The choice for the steps in `may`. A free bed of the named department is chosen before, unless there is time."""
    departments = consortium.departments_of(referral.target_id) if CHOOSES & set(may) else []
    wards = capacity.board(referral.target_id) if BEDS_CHOSEN & set(may) else []
    named = referral.department_id
    free = {ward.department_id: found for ward in wards if (found := _free(ward))}
    first = next(iter(free.get(named, []) if named else []), None)
    return Offer(
        departments=departments,
        beds=[(ward.name, free[ward.department_id]) for ward in wards if ward.department_id in free],
        department_id=named,
        bed_id=first.id if first and referral.priority != Priority.ROUTINE else None,
        guide=guide_of(by=by, department_id=named) if named and Event.ACCEPT in may else None,
        asks_ward=bool(BEDS_CHOSEN & set(may)) and WARD_QUESTION.allows(by, "ask"),
    )


def _free(ward: Ward) -> list[Place]:
    """What can be kept in a ward now: beds by name, beds by number, slots of its clinic."""
    named = [Place(bed.id, bed.code) for bed in ward.beds if not bed.use]
    counted = [Place(f"pool:{one.id}", left(one)) for one in (*ward.counts, *ward.slots) if one.free]
    return [*named, *counted]


def left(one: capacity.Told) -> Text:
    """A number in a word: "男床 余 2", "11-30 上午号 余 3"."""
    day = f"{one.day_date:%m-%d} {one.part_text} " if one.day_date else ""
    return _("%(what)s: %(free)s left") % {"what": f"{day}{one.kind_text}", "free": one.free}


def told(referral: Referral, source: str) -> Told:
    """What stands beside the leg. `source` names its bed in capacity."""
    span = capacity.span_of(source)
    return Told(
        invitation=rows.first(Invitation, "referral_id = %s", [referral.pk]),
        kept_until=span[1] if span else None,
        handover=rows.first(Handover, "referral_id = %s", [referral.pk]),
    )
