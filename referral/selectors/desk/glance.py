"""One leg beside a list: what it is and what may be done with it, without its history."""

from dataclasses import dataclass
from typing import Any

from consortium import selectors as consortium
from emr.index import selectors as index
from emr.index.selectors import PatientCard
from kernel.actor import Actor
from kernel.database import rows
from referral.choices import AT_THE_DOOR, TRANSITIONS, Event, Look, Side, fits
from referral.models import Attachment, Referral
from referral.selectors.desk.answering import Offer, Place, Told, offer, told
from referral.selectors.desk.opinions import Opinions, opinions
from referral.selectors.form.reaching import Reached, reached
from referral.selectors.lists.board import Row

DESK_STEPS = (Event.CONFIRM_READY, Event.SCHEDULE, Event.RESCHEDULE)


@dataclass(frozen=True, slots=True)
class Glance:
    """What a pane shows of a leg. `may` holds the events the actor may cause now."""

    referral: Referral
    row: Row
    card: PatientCard
    attachments: list[Attachment]
    may: frozenset[str]
    offer: Offer
    told: Told
    doctor: str
    receiving_doctor: str
    opinions: Opinions
    reach: Reached

    @property
    def look(self) -> Look:
        """How the state looks to the reader's side."""
        return self.row.look

    @property
    def departments(self) -> list[Any]:
        return self.offer.departments

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
    def desk_step(self) -> str:
        """The step a desk takes with this leg where it is not to be answered any more, "" for none."""
        return next((event.value for event in DESK_STEPS if event.value in self.may), "")


def glance(*, by: Actor, row: Row) -> Glance:
    """The leg of a row from one of the lists, which was let through already."""
    referral = row.referral
    names = consortium.names([referral.doctor_id, referral.receiving_doctor_id])
    may = allowed(by, referral)
    return Glance(
        referral=referral,
        row=row,
        card=index.card(by=by, patient_id=referral.patient_id),
        attachments=rows.every(Attachment, "referral_id = %s ORDER BY kind, id", [referral.pk]),
        may=may,
        offer=offer(by, referral, may),
        told=told(referral, f"referral:{referral.pk}"),
        doctor=names.get(referral.doctor_id, "") if referral.doctor_id else referral.outside_doctor,
        receiving_doctor=names.get(referral.receiving_doctor_id, "") if referral.receiving_doctor_id else "",
        opinions=opinions(by, referral),
        reach=reached(referral).masked,
    )


def allowed(by: Actor, referral: Referral) -> frozenset[str]:
    """The events the table lets this actor cause in the present state."""
    places = {Side.SENDER: {referral.source_id}, Side.RECEIVER: {referral.target_id}}
    both = {referral.source_id, referral.target_id}
    here = {
        event: step
        for (status, event), step in TRANSITIONS.items()
        if status == referral.status and fits(event, referral.direction)
    }
    return frozenset(
        event.value
        for event, step in here.items()
        if places.get(step.side, both) & by.organisations and by.has(*step.roles)
    )
