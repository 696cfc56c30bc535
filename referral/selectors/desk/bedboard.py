"""The bed board of one's own institution: wards bed by bed, wards by number, the clinics' slots, and what is asked."""

from dataclasses import dataclass
from typing import Any

from consortium import selectors as consortium
from emr.capacity import selectors as capacity
from emr.capacity.selectors import BedState, Ward
from kernel.actor import Actor
from referral.models import WardQuestion
from referral.selectors.desk.waitlist import open_questions

LEG = "referral:"
"""Uses of a bed whose source begins so belong to a leg."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A bed on the board; `leg`: for which referral it is kept or used, "" for none."""

    bed: BedState
    leg: str


@dataclass(frozen=True, slots=True)
class NamedWard:
    """A ward whose beds have names."""

    ward: Ward
    spots: tuple[Spot, ...]


@dataclass(frozen=True, slots=True)
class BedBoard:
    """`others`: departments that may begin to tell numbers; `telling`: whether the actor tells numbers at all."""

    wards: list[NamedWard]
    counted: list[Ward]
    clinics: list[Ward]
    others: list[Any]
    telling: bool
    questions: list[WardQuestion]

    @property
    def free(self) -> int:
        """Beds of the institution that can be kept now."""
        return sum(one.ward.free for one in self.wards) + sum(one.free for one in self.counted)

    @property
    def held(self) -> int:
        return sum(one.ward.held for one in self.wards) + sum(one.held for one in self.counted)


def bed_board(*, by: Actor) -> BedBoard:
    """Every ward of the actor's institution with its places, and the questions that wait for her ward's answer.

    Four statements for who tells numbers, whatever the number of wards and beds.
    """
    wards = capacity.board(by.organisation) if by.organisation else []
    telling = bool(by.organisation) and capacity.may_tell(by=by)
    known = {ward.department_id for ward in wards if ward.beds or ward.counts}
    others = [one for one in consortium.departments_of(by.place) if one.pk not in known] if telling else []
    return BedBoard(
        wards=[NamedWard(one, tuple(Spot(bed, _leg(bed)) for bed in one.beds)) for one in wards if one.beds],
        counted=[one for one in wards if not one.beds and one.counts],
        clinics=[one for one in wards if one.slots],
        others=others,
        telling=telling,
        questions=open_questions(by=by),
    )


def _leg(bed: BedState) -> str:
    return bed.source.removeprefix(LEG) if bed.source.startswith(LEG) else ""
