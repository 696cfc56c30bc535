"""What referral does when a leg has moved, and when somebody who is expected shows up."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import pgettext_lazy

from consortium import selectors as places
from consortium import services as consortium
from consortium.choices import Role
from consortium.events import OrganisationCloses, OrganisationStays
from emr.capacity import selectors as capacity
from emr.capacity.events import BedUsed, PoolUsed
from emr.index.events import PatientMoved, PatientRegistered, PatientRegisteredAgain, PersonDied
from emr.repository.events import ResourceStored
from emr.repository.services import messages
from kernel import clock
from kernel.actor import Actor
from kernel.errors import DomainError
from kernel.outbox import on
from referral import services
from referral.choices import SENDS, TERMINAL, TO_RECEIVER, TO_SENDER, ArrivalSign
from referral.events import LegMoved, LegTalked, LegTold
from referral.fhir.messages import ACTIVITIES
from referral.services.form import judging


@on(LegMoved, name="referral.announce")
def announce(event: LegMoved, by: Actor) -> None:
    """The other side is told."""
    services.announce(by=by, referral_id=UUID(event.referral_id), event=event.event, version=event.version)


@on(LegMoved, name="referral.show")
def show(event: LegMoved, by: Actor) -> None:
    """Open pages fetch again what they show of the leg."""
    services.show(by=by, referral_id=UUID(event.referral_id))


@on(LegMoved, name="referral.text_patient", event=frozenset(SENDS))
def text_patient(event: LegMoved, by: Actor) -> None:
    """The patient is written to."""
    services.text_patient(
        by=by, referral_id=UUID(event.referral_id), event=event.event, version=event.version
    )


@on(PatientRegistered, name="referral.notice_registration")
def notice_registration(event: PatientRegistered, by: Actor) -> None:
    """Somebody new is registered: perhaps she is expected here."""
    _registered(event.patient_id, by)


@on(PatientRegisteredAgain, name="referral.notice_return")
def notice_return(event: PatientRegisteredAgain, by: Actor) -> None:
    """Somebody known stands at the desk again: perhaps she is expected here."""
    _registered(event.patient_id, by)


def _registered(patient_id: str, by: Actor) -> None:
    services.notice_arrival(
        by=by,
        patient_id=UUID(patient_id),
        sign=ArrivalSign.REGISTRATION,
        reference=f"{patient_id}:{clock.today():%y%m%d}",
    )


@on(ResourceStored, name="referral.notice_encounter", kind="Encounter", deleted=False)
def notice_encounter(event: ResourceStored, by: Actor) -> None:
    """An encounter of this house or of a hospital's own system: perhaps she is expected there."""
    if event.patient_id:
        services.notice_encounter(by=by, encounter_id=event.id, patient_id=UUID(event.patient_id))


@on(ResourceStored, name="referral.notice_discharge", kind="Encounter", owner="", deleted=False)
def notice_discharge(event: ResourceStored, by: Actor) -> None:
    """An encounter of a hospital's own system, not one of the chart's: perhaps she has left the ward."""
    if event.patient_id:
        services.notice_discharge(by=by, encounter_id=event.id, patient_id=UUID(event.patient_id))


@on(LegTold, name="referral.announce_aside")
def announce_aside(event: LegTold, by: Actor) -> None:
    """The other side is told what happened beside the table."""
    services.announce_aside(
        by=by, referral_id=UUID(event.referral_id), what=event.what, version=event.version
    )


@on(LegTold, name="referral.text_aside", what=frozenset(SENDS))
def text_aside(event: LegTold, by: Actor) -> None:
    """The patient is written to when her day has changed."""
    services.text_patient(by=by, referral_id=UUID(event.referral_id), event=event.what, version=event.version)


@on(OrganisationCloses, name="referral.tell_closing")
def tell_closing(event: OrganisationCloses, by: Actor) -> None:
    """Desks with open legs of an institution that closes are told."""
    services.tell_closing(
        by=by,
        organisation_id=UUID(event.organisation_id),
        day=event.day,
        closed=event.closed,
        round=event.round,
    )


@on(OrganisationStays, name="referral.tell_staying")
def tell_staying(event: OrganisationStays, by: Actor) -> None:
    """The same desks are told that it stays."""
    services.tell_staying(
        by=by, organisation_id=UUID(event.organisation_id), day=event.day, round=event.round
    )


@on(LegTold, name="referral.show_aside")
def show_aside(event: LegTold, by: Actor) -> None:
    """Open pages fetch again what they show of the leg."""
    services.show(by=by, referral_id=UUID(event.referral_id))


@on(LegTalked, name="referral.pass_on_comment")
def pass_on_comment(event: LegTalked, by: Actor) -> None:
    """The other side's doctor is told."""
    services.pass_on_comment(by=by, comment_id=UUID(event.comment_id))


@on(LegMoved, name="referral.exchange", event=frozenset({*TO_RECEIVER, *TO_SENDER}))
def exchange(event: LegMoved, by: Actor) -> None:
    """A hospital outside that is reached by messages is told."""
    services.compose(by=by, referral_id=UUID(event.referral_id), event=event.event, version=event.version)


def take_message(by: Actor, bundle: Mapping[str, Any]) -> dict[str, Any]:
    """A message of a hospital outside."""
    return services.take(by=by, bundle=bundle)


def refuse_message(by: Actor, bundle: Mapping[str, Any], why: DomainError) -> None:
    """One that was not taken."""
    services.keep_refused(by=by, bundle=bundle, why=why)


messages.register(ACTIVITIES, take_message, refused=refuse_message)


@on(LegMoved, name="referral.close_twins", status=frozenset(TERMINAL))
def close_twins(event: LegMoved, by: Actor) -> None:
    """When a leg has ended, its twin is one no more."""
    services.close_twins(by=by, referral_id=UUID(event.referral_id))


@on(PersonDied, name="referral.end_for_death")
def end_for_death(event: PersonDied, by: Actor) -> None:
    """No leg of somebody who has died stays open."""
    services.end_for_death(by=by, person_id=UUID(event.person_id))


@on(PatientMoved, name="referral.follow_person")
def follow_person(event: PatientMoved, by: Actor) -> None:
    """Legs follow the person their patient turned out to be."""
    persons = [UUID(event.from_person_id), UUID(event.to_person_id)]
    services.follow_person(by=by, patient_id=UUID(event.patient_id), persons=persons)


@on(BedUsed, name="referral.call_for_bed", use="free")
def call_for_bed(event: BedUsed, by: Actor) -> None:
    """A bed is free: who waits longest for this ward is named to its desk."""
    ward = places.bed(event.bed_id).department_id
    services.call_next(by=by, department_id=ward, place=f"{event.bed_id}:{event.source}")


@on(PoolUsed, name="referral.call_for_place", use=frozenset({"free", "told"}))
def call_for_place(event: PoolUsed, by: Actor) -> None:
    """A counted bed or a slot is free, or a ward told a new number: the same."""
    pool = capacity.pool(UUID(event.pool_id))
    if pool.places:
        at = event.source or f"{pool.told_at:%Y%m%d%H}"
        services.call_next(by=by, department_id=pool.department_id, place=f"{pool.pk}:{at}")


consortium.change_kind(
    judging.KIND,
    apply=judging.put_into_force,
    describe=judging.proposed,
    compare=judging.compared,
    label=pgettext_lazy("referral", "Referral criteria"),
    proposers=frozenset({str(Role.MEDICAL_AFFAIRS)}),
    deciders=frozenset({str(Role.LEADER)}),
)
