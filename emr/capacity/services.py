"""Beds are held, occupied, freed, cleaned and blocked. Every verb may be repeated with the same source."""

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext as _

from consortium import selectors as consortium
from emr.capacity import events
from emr.capacity.choices import Use
from emr.capacity.models import BedUse
from emr.capacity.policies import BED_USE
from kernel import audit, clock, outbox
from kernel.actor import Actor, Kind
from kernel.errors import Conflict, Invalid, OutOfReach

CLEANING_LASTS: Final = timedelta(hours=1)


@transaction.atomic
def hold(*, by: Actor, bed_id: UUID, patient_id: UUID, source: str, until: datetime) -> BedUse:
    """Keep a bed for a patient until `until` (留床); then it is free again by itself.

    The same source again for the same bed prolongs or answers what stands; for another bed the hold moves.
    Raises Conflict (409, code "bed_taken") when somebody was faster.
    """
    _own_bed(by, "hold", bed_id)
    if until <= clock.now():
        raise Invalid(fields={"until": _("A hold ends in the future.")})
    standing = _standing(source)
    if (
        standing
        and standing.bed_id == bed_id
        and (standing.use == Use.OCCUPIED or _end_of(standing) == until)
    ):
        return standing
    if standing and standing.use == Use.OCCUPIED:
        raise Conflict(_("The patient lies in another bed already."), code="already_occupied")
    if standing:
        _end(standing)
    return _take(by, Use.HELD, bed_id, source, until, patient_id=patient_id)


@transaction.atomic
def occupy(*, by: Actor, source: str, bed_id: UUID | None = None, patient_id: UUID | None = None) -> BedUse:
    """The patient lies in the bed: the held one of this source, or `bed_id` for a walk-in or another bed.

    Raises Invalid when no bed is named anywhere, Conflict (409, code "bed_taken") when it is in use.
    """
    standing = _standing(source) or _last(source)
    bed = bed_id or (standing.bed_id if standing else None)
    patient = patient_id or (standing.patient_id if standing else None)
    if bed is None or patient is None:
        raise Invalid(fields={"bed": _("Name a bed.")})
    _own_bed(by, "occupy", bed)
    if standing and standing.ended_at is None:
        if standing.use == Use.OCCUPIED and standing.bed_id == bed:
            return standing
        _end(standing)
    return _take(by, Use.OCCUPIED, bed, source, None, patient_id=patient)


@transaction.atomic
def free(*, by: Actor, source: str, cleaning: bool = False) -> BedUse | None:
    """End what `source` holds or occupies; with `cleaning` the bed is cleaned for an hour. None: nothing stood."""
    standing = _standing(source)
    if standing is None:
        return None
    _own_bed(by, "free", standing.bed_id)
    _end(standing)
    audit.record(by=by, action="emr.bed_freed", subject=standing, patient=standing.patient_id)
    outbox.emit(events.BedUsed(bed_id=str(standing.bed_id), use="free", source=source))
    if cleaning and standing.use == Use.OCCUPIED:
        until = clock.now() + CLEANING_LASTS
        _take(by, Use.CLEANING, standing.bed_id, f"cleaning:{standing.pk}", until)
    return standing


@transaction.atomic
def block(*, by: Actor, bed_id: UUID, source: str, reason: str, until: datetime | None = None) -> BedUse:
    """Take a bed out of use (停用) until `until`, or until it is freed. Raises Conflict when it is in use."""
    return _close(by, Use.BLOCKED, bed_id, source, until, reason)


@transaction.atomic
def clean(*, by: Actor, bed_id: UUID, source: str, until: datetime) -> BedUse:
    """The bed is being cleaned (终末消毒) until `until`. Raises Conflict when it is in use."""
    return _close(by, Use.CLEANING, bed_id, source, until, "")


def _close(by: Actor, use: Use, bed_id: UUID, source: str, until: datetime | None, reason: str) -> BedUse:
    _own_bed(by, "block", bed_id)
    standing = _standing(source)
    if standing and standing.bed_id == bed_id and standing.use == use:
        return standing
    if standing:
        _end(standing)
    return _take(by, use, bed_id, source, until, reason=reason)


def _own_bed(by: Actor, action: str, bed_id: UUID) -> None:
    """Fetching is asking, before a row exists: the role, then whether the bed is the actor's own."""
    BED_USE.ask(by, action)
    place = consortium.bed(bed_id).department.organisation_id
    if by.kind is not Kind.SYSTEM and place not in by.organisations:
        raise OutOfReach(detail={"action": action, "model": "consortium.bed", "pk": str(bed_id)})


def _standing(source: str) -> BedUse | None:
    """The open use of this source, locked; an expired hold is ended on the way."""
    row = BedUse.objects.select_for_update().filter(source=source, ended_at__isnull=True).first()
    if row is not None and row.period.upper is not None and row.period.upper <= clock.now():
        row.ended_at = row.period.upper
        row.save(update_fields=["ended_at"])
        return None
    return row


def _last(source: str) -> BedUse | None:
    return BedUse.objects.filter(source=source).order_by("-created_at", "-pk").first()


def _end_of(row: BedUse) -> Any:
    return row.period.upper


def _end(row: BedUse) -> None:
    """End a use now: its period closes, so that the constraint lets the next one in."""
    now = clock.now()
    row.period = DateTimeTZRange(min(row.period.lower, now), now, "[)")
    row.ended_at = now
    row.save(update_fields=["period", "ended_at"])


def _take(
    by: Actor,
    use: Use,
    bed_id: UUID,
    source: str,
    until: datetime | None,
    *,
    patient_id: UUID | None = None,
    reason: str = "",
) -> BedUse:
    now = clock.now()
    row = BedUse(
        bed_id=bed_id,
        patient_id=patient_id,
        use=use,
        period=DateTimeTZRange(now, until, "[)"),
        source=source,
        reason=reason,
        created_by=by.name,
        created_at=now,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        if "bed_is_used_once_at_a_time" not in str(error) and "bed_use_open_once" not in str(error):
            raise
        raise Conflict(_("This bed was taken in the meantime. Choose another."), code="bed_taken") from None
    audit.record(by=by, action=f"emr.bed_{use}", subject=row, patient=patient_id, detail={"bed": str(bed_id)})
    outbox.emit(events.BedUsed(bed_id=str(bed_id), use=str(use), source=source))
    return row
