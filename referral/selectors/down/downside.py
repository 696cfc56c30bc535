"""What the page of a leg shows of the way back: medicines with what the branch has of them, who may take over."""

from dataclasses import dataclass
from uuid import UUID

from consortium import selectors as consortium
from consortium.choices import Role
from emr.capacity import selectors as capacity
from emr.capacity.selectors import BedState
from emr.chart import selectors as chart
from emr.consent import selectors as agreements
from emr.formulary import selectors as formulary
from emr.formulary.choices import Supply
from emr.formulary.selectors import Answer
from kernel.actor import Actor
from referral.choices import Direction, Event
from referral.models import Medicine, Referral

UNKNOWN = Answer(Supply.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Offered:
    """A medicine of the record that can go along by tick. `value` comes back from the form."""

    value: str
    name: str
    directions: str
    supply: Answer


@dataclass(frozen=True, slots=True)
class DownPart:
    """Medicines of a down leg with the branch's supply; for who refers down what the record offers and the branch
    has; for who takes over the doctors, the team of the contract and its doctor."""

    medicines: list[tuple[Medicine, Answer]]
    offers: list[Offered]
    stocked: list[str]
    doctors: list[tuple[UUID, str]]
    team: str
    team_doctor: UUID | None
    beds: list[tuple[str, list[BedState]]]


def down_part(by: Actor, referral: Referral, may: frozenset[str]) -> DownPart:
    """One statement or two for a down leg, none for an up leg that nobody sends back now."""
    listed = list(referral.medicines.order_by("place")) if referral.direction == Direction.DOWN else []
    known = formulary.supply(referral.target_id, [row.name for row in listed])
    offers = _offers(by, referral) if Event.START_DOWN_LEG in may else []
    taking = Event.START_REHAB in may
    doctors = consortium.colleagues(Role.BRANCH_DOCTOR, referral.target_id) if taking else []
    team, doctor = agreements.family_team(by=by, patient_id=referral.patient_id) if taking else ("", None)
    return DownPart(
        medicines=[(row, known.get(row.name, UNKNOWN)) for row in listed],
        offers=offers,
        stocked=formulary.stocked_names(referral.source_id) if Event.START_DOWN_LEG in may else [],
        doctors=[(one.pk, one.name) for one in doctors],
        team=team,
        team_doctor=doctor or (by.id if taking else None),
        beds=_beds(referral) if Event.ADMIT in may and referral.bed_id is None else [],
    )


def _beds(referral: Referral) -> list[tuple[str, list[BedState]]]:
    """Free beds by ward, for an admission that nobody kept one for."""
    wards = [
        (ward.name, [bed for bed in ward.beds if not bed.use]) for ward in capacity.board(referral.target_id)
    ]
    return [(name, beds) for name, beds in wards if beds]


def _offers(by: Actor, referral: Referral) -> list[Offered]:
    taken = chart.medicines(by=by, patient_id=referral.patient_id)
    known = formulary.supply(referral.source_id, [one.name for one in taken])
    return [
        Offered(f"{one.name}|{one.directions}", one.name, one.directions, known.get(one.name, UNKNOWN))
        for one in taken
        if one.name
    ]
