"""Places are held, occupied, freed, cleaned and blocked. Every verb may be repeated with the same source.

A place is a bed by name, or one number of a pool: one of a ward's counted beds, one slot of a clinic.
"""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext as _

from consortium import selectors as consortium
from emr.capacity import events
from emr.capacity.choices import PoolKind, Use
from emr.capacity.models import BedUse, Pool
from emr.capacity.policies import BED_USE
from emr.capacity.selectors import pool as known_pool
from emr.capacity.selectors import slot_ends
from kernel import audit, clock, outbox
from kernel.actor import Actor, Kind
from kernel.database import rows
from kernel.database.joining import joined
from kernel.errors import Conflict, Invalid, OutOfReach

CLEANING_LASTS: Final = timedelta(hours=1)


@joined
def hold(
    *,
    by: Actor,
    patient_id: UUID,
    source: str,
    until: datetime,
    bed_id: UUID | None = None,
    pool_id: UUID | None = None,
) -> BedUse:
    """Keep a bed, a counted bed or a slot for a patient until `until` (留床); then it is free again by itself.

    A slot is kept until its half day ends. The same source again for the same place prolongs or answers what stands;
    for another place the hold moves. Raises Conflict (409, code "bed_taken") when somebody was faster, Invalid (422)
    unless exactly one place is named.
    """
    if (bed_id is None) == (pool_id is None):
        raise Invalid(fields={"bed": _("Name a bed or a slot.")})
    if not _own_place(by, "hold", bed_id, pool_id):
        raise _closed()
    if until <= clock.now():
        raise Invalid(fields={"until": _("A hold ends in the future.")})
    standing = _standing(source)
    if standing and (standing.bed_id, standing.pool_id) == (bed_id, pool_id):
        return standing if standing.use == Use.OCCUPIED else _prolonged(standing, until)
    if standing and standing.use == Use.OCCUPIED:
        raise Conflict(_("The patient lies in another bed already."), code="already_occupied")
    if standing:
        _end(standing)
        _announce(standing, "free")
    if pool_id is not None:
        return _take_number(by, pool_id, source, until, patient_id)
    return _take(by, Use.HELD, source, until, bed_id=bed_id, patient_id=patient_id)


@joined
def prolong(*, by: Actor, source: str, until: datetime) -> BedUse | None:
    """Keep what `source` holds at least until `until`; None when it holds nothing any more."""
    standing = _standing(source)
    if standing is None or standing.use != Use.HELD:
        return standing
    _own_place(by, "hold", standing.bed_id, standing.pool_id)
    before = standing.period.upper
    if _prolonged(standing, max(until, before)).period.upper != before:
        audit.record(by=by, action="emr.hold_prolonged", subject=standing, patient=standing.patient_id)
    return standing


@joined
def occupy(*, by: Actor, source: str, bed_id: UUID | None = None, patient_id: UUID | None = None) -> BedUse:
    """The patient is there: in the held bed of this source, or in `bed_id` for a walk-in or another bed.

    A counted bed is no longer empty, so its ward's number sinks by one; a slot is used up.
    Raises Invalid when no place is named anywhere, Conflict (409, code "bed_taken") when it is in use.
    """
    standing = _standing(source) or _last(source)
    if standing and standing.pool_id and bed_id is None:
        return _use_number(by, standing)
    bed = bed_id or (standing.bed_id if standing else None)
    patient = patient_id or (standing.patient_id if standing else None)
    if bed is None or patient is None:
        raise Invalid(fields={"bed": _("Name a bed.")})
    _own_place(by, "occupy", bed, None)
    if standing and standing.ended_at is None:
        if standing.use == Use.OCCUPIED and standing.bed_id == bed:
            return standing
        _end(standing)
    return _take(by, Use.OCCUPIED, source, None, bed_id=bed, patient_id=patient)


@joined
def free(*, by: Actor, source: str, cleaning: bool = False) -> BedUse | None:
    """End what `source` holds or occupies; with `cleaning` the bed is cleaned for an hour. None: nothing stood.

    A slot somebody came for stays used up.
    """
    standing = _standing(source)
    if standing is None or (standing.pool_id and standing.use == Use.OCCUPIED):
        return None
    _own_place(by, "free", standing.bed_id, standing.pool_id)
    _end(standing)
    audit.record(by=by, action="emr.bed_freed", subject=standing, patient=standing.patient_id)
    if cleaning and standing.bed_id and standing.use == Use.OCCUPIED:
        until = clock.now() + CLEANING_LASTS
        _take(by, Use.CLEANING, f"cleaning:{standing.pk}", until, bed_id=standing.bed_id)
    else:
        _announce(standing, "free")
    return standing


@transaction.atomic
def expire(*, by: Actor, use_id: UUID) -> BedUse | None:
    """Write down that a use whose time is over has ended, so that who waits is called. None: it was ended before."""
    due = BED_USE.rows(by, "expire").select_for_update(of=("self",), skip_locked=True)
    row = due.filter(pk=use_id, ended_at__isnull=True, period__endswith__lte=clock.now()).first()
    if row is None:
        return None
    row.ended_at = row.period.upper
    row.save(update_fields=["ended_at"])
    audit.record(by=by, action="emr.bed_expired", subject=row, patient=row.patient_id)
    _announce(row, "free")
    return row


@transaction.atomic
def block(*, by: Actor, bed_id: UUID, source: str, reason: str, until: datetime | None = None) -> BedUse:
    """Take a bed out of use (停用) until `until`, or until it is freed. Raises Conflict when it is in use."""
    return _close(by, Use.BLOCKED, bed_id, source, until, reason)


@transaction.atomic
def clean(*, by: Actor, bed_id: UUID, source: str, until: datetime) -> BedUse:
    """The bed is being cleaned (终末消毒) until `until`. Raises Conflict when it is in use."""
    return _close(by, Use.CLEANING, bed_id, source, until, "")


def _close(by: Actor, use: Use, bed_id: UUID, source: str, until: datetime | None, reason: str) -> BedUse:
    _own_place(by, "block", bed_id, None)
    standing = _standing(source)
    if standing and standing.bed_id == bed_id and standing.use == use:
        return standing
    if standing:
        _end(standing)
    return _take(by, use, source, until, bed_id=bed_id, reason=reason)


def _own_place(by: Actor, action: str, bed_id: UUID | None, pool_id: UUID | None) -> bool:
    """Fetching is asking, before a row exists: the role, then whether the place is the actor's own; whether it is
    open, and its department and institution are."""
    BED_USE.ask(by, action)
    if bed_id is not None and pool_id is None:
        at = consortium.stands(bed_id)
        department, organisation, active = at.department_id, at.organisation_id, at.active
    else:
        ward = known_pool(pool_id).department
        department, organisation, active = (
            ward.pk,
            ward.organisation_id,
            ward.active and ward.organisation.active,
        )
    if by.kind is not Kind.SYSTEM and organisation not in by.organisations:
        detail = {"action": action, "model": "consortium.department", "pk": str(department)}
        raise OutOfReach(detail=detail)
    return active


def _standing(source: str) -> BedUse | None:
    """The open use of this source, locked; one whose time is over is ended on the way."""
    row = rows.first(BedUse, "source = %s AND ended_at IS NULL FOR UPDATE", [source])
    if row is not None and row.period.upper is not None and row.period.upper <= clock.now():
        row.ended_at = row.period.upper
        rows.update(row, ["ended_at"])
        _announce(row, "free")
        return None
    return row


def _last(source: str) -> BedUse | None:
    return rows.first(BedUse, "source = %s ORDER BY created_at DESC, id DESC LIMIT 1", [source])


def _prolonged(row: BedUse, until: datetime) -> BedUse:
    """The same hold with another end; a slot keeps its own, and a period never begins after it ends."""
    if row.pool_id is None or row.pool is None or row.pool.kind != PoolKind.CLINIC:
        row.period = DateTimeTZRange(row.period.lower, until, "[)")
        row.save(update_fields=["period"])
    return row


def _end(row: BedUse) -> None:
    """End a use now: its period closes, so that the constraint lets the next one in."""
    now = clock.now()
    row.period = DateTimeTZRange(min(row.period.lower, now), now, "[)")
    row.ended_at = now
    rows.update(row, ["period", "ended_at"])


def _take_number(by: Actor, pool_id: UUID, source: str, until: datetime, patient_id: UUID) -> BedUse:
    """The lowest number of a pool nobody uses. The pool is locked: its size and the numbers in use fit one another."""
    pool = Pool.objects.select_for_update().get(pk=pool_id)
    now = clock.now()
    if pool.kind == PoolKind.CLINIC:
        until = slot_ends(pool)
    if pool.returned_at is not None or until <= now:
        raise Conflict(_("These slots are over or went back to the hospital."), code="bed_taken")
    used = set(pool.uses.filter(period__contains=now).values_list("unit", flat=True))
    unit = next((one for one in range(1, pool.places + 1) if one not in used), None)
    if unit is None or len(used) >= pool.places:
        raise _taken()
    return _take(by, Use.HELD, source, until, pool_id=pool_id, unit=unit, patient_id=patient_id)


def _use_number(by: Actor, row: BedUse) -> BedUse:
    """Somebody came for the number that was kept. What is over or used already stays as it is."""
    _own_place(by, "occupy", None, row.pool_id)
    if row.ended_at is not None or row.use == Use.OCCUPIED:
        return row
    pool = Pool.objects.select_for_update().get(uses=row)
    if pool.kind == PoolKind.CLINIC:
        row.use = Use.OCCUPIED
        row.save(update_fields=["use"])
    else:
        _end(row)
        pool.places = max(pool.places - 1, 0)
        pool.save(update_fields=["places"])
    audit.record(by=by, action="emr.bed_occupied", subject=row, patient=row.patient_id)
    _announce(row, Use.OCCUPIED.value)
    return row


def _take(
    by: Actor,
    use: Use,
    source: str,
    until: datetime | None,
    *,
    bed_id: UUID | None = None,
    pool_id: UUID | None = None,
    unit: int | None = None,
    patient_id: UUID | None = None,
    reason: str = "",
) -> BedUse:
    now = clock.now()
    row = BedUse(
        bed_id=bed_id,
        pool_id=pool_id,
        unit=unit,
        patient_id=patient_id,
        use=use,
        period=DateTimeTZRange(now, until, "[)"),
        source=source,
        reason=reason,
        created_by=by.name,
        created_at=now,
    )
    try:
        rows.insert(row)
    except IntegrityError as error:
        if "the place is closed" in str(error):
            raise _closed() from None
        if not any(name in str(error) for name in ("_is_used_once_at_a_time", "bed_use_open_once")):
            raise
        raise _taken() from None
    detail: dict[str, str | int] = (
        {"bed": str(bed_id)} if bed_id else {"pool": str(pool_id), "unit": unit or 0}
    )
    audit.record(by=by, action=f"emr.bed_{use}", subject=row, patient=patient_id, detail=detail)
    _announce(row, str(use))
    return row


def _closed() -> Conflict:
    sentence = _("This bed, its department or the institution is closed: no place there is kept any more.")
    return Conflict(sentence, code="closed")


def _taken() -> Conflict:
    return Conflict(_("This bed was taken in the meantime. Choose another."), code="bed_taken")


def _announce(row: BedUse, use: str) -> None:
    if row.bed_id is not None:
        outbox.emit(events.BedUsed(bed_id=str(row.bed_id), use=use, source=row.source))
    else:
        outbox.emit(events.PoolUsed(pool_id=str(row.pool_id), use=use, source=row.source))
