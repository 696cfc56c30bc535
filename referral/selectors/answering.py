"""What the desk chooses from when it answers, and what the answer told."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from consortium import selectors as consortium
from emr.capacity import selectors as capacity
from emr.capacity.selectors import BedState
from kernel.actor import Actor
from referral.choices import Event, Priority
from referral.models import Handover, Invitation, Referral
from referral.selectors.guides import GuideRow, guide_of

CHOOSES: Final = frozenset({Event.ACCEPT, Event.SCHEDULE, Event.ARRIVE})
BEDS_CHOSEN: Final = frozenset({Event.ACCEPT, Event.SCHEDULE, Event.RESCHEDULE})


@dataclass(frozen=True, slots=True)
class Offer:
    """Departments and free beds of the receiving institution; what is chosen before anybody chooses; its guide."""

    departments: list[Any]
    beds: list[tuple[str, list[BedState]]]
    department_id: UUID | None
    bed_id: UUID | None
    guide: GuideRow | None


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
    free = [ward for ward in wards if ward.free]
    named = referral.department_id
    first = next(
        (bed for ward in free if ward.department_id == named for bed in ward.beds if not bed.use), None
    )
    return Offer(
        departments=departments,
        beds=[(ward.name, [bed for bed in ward.beds if not bed.use]) for ward in free],
        department_id=named,
        bed_id=first.id if first and referral.priority != Priority.ROUTINE else None,
        guide=guide_of(by=by, department_id=named) if named and Event.ACCEPT in may else None,
    )


def told(referral: Referral, source: str) -> Told:
    """What stands beside the leg. `source` names its bed in capacity."""
    use = capacity.use_of(source)
    return Told(
        invitation=Invitation.objects.filter(referral=referral).first(),
        kept_until=use.period.upper if use else None,
        handover=Handover.objects.filter(referral=referral).select_related("written_by").first(),
    )
