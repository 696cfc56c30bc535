"""What every step of a leg does: move, save, history, FHIR, audit, event, access. One transaction, the caller's."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from consortium import selectors as consortium
from emr.access import services as access
from emr.access.choices import Basis
from emr.capacity import services as capacity
from emr.repository import services as repository
from emr.repository.services import Outgoing
from kernel import audit, clock, idempotency, outbox
from kernel.actor import Actor
from kernel.errors import Conflict, Refused
from kernel.workflow import move
from referral import fhir
from referral.choices import ONLY, TERMINAL, TIMERS, TRANSITIONS, Direction, Event, Side, Status
from referral.events import LegMoved
from referral.models import HistoryEntry, Referral
from referral.policies import REFERRAL

OWNER = "referral"
READS_ON = timedelta(days=30)
"""The receiving side reads on for this long after the leg has ended."""


def source_of(referral: Referral) -> str:
    """Name of the leg's access ground and of its bed."""
    return f"referral:{referral.pk}"


def done_before(by: Actor, event: Event, referral_id: UUID, key: str) -> bool:
    """Whether this order was carried out already (the same key twice is one effect)."""
    seen = idempotency.first(by=by, verb=f"referral.{event.value}", key=key, subject=referral_id)
    return seen is not None


def fetch(by: Actor, event: Event, referral_id: UUID) -> Referral:
    """The leg, locked: 403 without the role, 404 outside the side."""
    return REFERRAL.fetch(by, event.value, referral_id, lock=True)


def step(
    by: Actor,
    referral: Referral,
    event: Event,
    *,
    version: int | None = None,
    words: str = "",
    fields: Iterable[str] = (),
) -> None:
    """Take one step along the table and leave every trace of it. `fields` are the columns the verb has set.

    Raises Conflict (409) for another version or an illegal step, Refused (403) when the row of the table names
    another role or side than the actor's.
    """
    before = Status(referral.status)
    if ONLY.get(event, referral.direction) != referral.direction:
        raise Conflict(_("In its present state this step is not possible."), code="illegal_step")
    taken = move(referral, event, TRANSITIONS, version=version)
    side = referral.source_id if taken.side == Side.SENDER else referral.target_id
    if side not in by.organisations or not by.has(*taken.roles):
        raise Refused(detail={"event": event.value})
    now = clock.now()
    if before != referral.status:
        _start_clock(referral, now)
    _save(referral, {"status", "version", "due_at", "ended_at", *fields})
    HistoryEntry.objects.create(
        referral=referral,
        version=referral.version,
        event=event,
        before=before,
        after=referral.status,
        words=words[:500],
        staff_id=by.person,
        organisation_id=by.place,
        happened_at=now,
    )
    _publish(by, referral)
    _access(by, referral)
    audit.record(by=by, action=f"referral.{event.value}", subject=referral, patient=referral.patient_id)
    outbox.emit(
        LegMoved(
            referral_id=str(referral.pk), event=event.value, status=referral.status, version=referral.version
        )
    )


def _start_clock(referral: Referral, now: datetime) -> None:
    """When the new state is late; where it has no span, the old one goes on running until the leg ends."""
    if span := TIMERS.get(Status(referral.status), {}).get(referral.priority):
        referral.due_at = now + span
    if referral.status in TERMINAL:
        referral.ended_at, referral.due_at = now, None


def _save(referral: Referral, fields: set[str]) -> None:
    try:
        with transaction.atomic():
            referral.save(update_fields=sorted(fields))
    except IntegrityError as error:
        if "referral_one_open_per_department" not in str(error):
            raise
        raise Conflict(
            _("This patient has an open referral to this department already."), code="already_open"
        ) from error


def _publish(by: Actor, referral: Referral) -> None:
    """The leg's resources in one call: content, step, and the plan where there is one."""
    names = consortium.organisation_names([referral.source_id, referral.target_id])
    names |= consortium.names([referral.doctor_id])
    attachments, plan = list(referral.attachments.order_by("pk")), list(referral.plan.order_by("place"))
    resources = [
        fhir.service_request(referral, attachments, names),
        fhir.task(referral, names, at=clock.now()),
    ]
    if plan:
        resources.append(fhir.care_plan(referral, plan, names))
    repository.publish(
        by=by,
        owner=OWNER,
        resources=[
            Outgoing(resource, patient=referral.patient_id, custodian=referral.source_id)
            for resource in resources
        ],
    )


def _access(by: Actor, referral: Referral) -> None:
    """The receiving side reads from submission on; after the end for a while, never after a void (invariant 13)."""
    if referral.status in (Status.DRAFT, Status.ENTERED_IN_ERROR):
        access.close_ground(by=by, source=source_of(referral))
        return
    ended = referral.status in TERMINAL
    access.open_ground(
        by=by,
        patient_id=referral.patient_id,
        organisation_id=referral.target_id,
        basis=Basis.PLAN if referral.direction == Direction.DOWN else Basis.REFERRAL,
        source=source_of(referral),
        until=clock.now() + READS_ON if ended else None,
    )
    if referral.direction == Direction.UP and referral.submitted_at:
        access.open_ground(
            by=by,
            patient_id=referral.patient_id,
            organisation_id=referral.source_id,
            basis=Basis.REFERRAL,
            source=f"{source_of(referral)}:sender",
            until=clock.now() + READS_ON if ended else None,
        )


def free_bed(referral: Referral, *, cleaning: bool = False) -> None:
    """Leaving a kept bed frees it in the same transaction (invariant 5), whichever side causes it."""
    capacity.free(by=Actor.system("referral"), source=source_of(referral), cleaning=cleaning)
