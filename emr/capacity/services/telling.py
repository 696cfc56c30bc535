"""Wards tell how many beds are empty, clinics give slots to the branches and take back what nobody booked."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from consortium import selectors as consortium
from emr.capacity import events
from emr.capacity.choices import COUNTED_BEDS, DAYS_MOST, MOST, Origin, Part, PoolKind
from emr.capacity.models import Pool, Quota
from emr.capacity.policies import POOL, QUOTA
from kernel import audit, clock, outbox
from kernel.actor import Actor, Kind
from kernel.errors import Conflict, Invalid, OutOfReach


@transaction.atomic
def tell(
    *,
    by: Actor,
    department_id: UUID,
    kind: str,
    places: int,
    day_date: date | None = None,
    part: str = "",
) -> Pool:
    """A ward tells how many beds of a kind are empty (the kept ones included), a clinic how many slots of a half day.

    Raises Invalid (422) for a ward whose beds have names: those are counted by themselves.
    """
    POOL.ask(by, "tell")
    department = _own_department(by, department_id)
    _readable(department, kind, places, day_date, part)
    now = clock.now()
    row, _made = Pool.objects.update_or_create(
        department=department,
        kind=kind,
        day_date=day_date,
        part=part,
        defaults={
            "places": places,
            "origin": Origin.TYPED if by.kind is Kind.STAFF else Origin.FED,
            "told_by": by.name,
            "told_at": now,
            "returned_at": None,
        },
    )
    audit.record(by=by, action="emr.places_told", subject=row, detail={"kind": kind, "places": places})
    outbox.emit(events.PoolUsed(pool_id=str(row.pk), use="told", source=""))
    return row


@transaction.atomic
def tell_ward(*, by: Actor, department_id: UUID, beds: Mapping[str, int]) -> list[Pool]:
    """A ward tells all its numbers (`beds` by kind) with one press: all of them or none. Raises as `tell` does."""
    told = [tell(by=by, department_id=department_id, kind=kind, places=n) for kind, n in beds.items()]
    audit.record(by=by, action="emr.ward_told", detail={"department": str(department_id), "kinds": len(told)})
    return told


def _readable(department: Any, kind: str, places: int, day_date: date | None, part: str) -> None:
    wrong: dict[str, str] = {}
    if kind not in PoolKind.values:
        wrong["kind"] = _("There is no such kind of place.")
    if not 0 <= places <= MOST:
        wrong["places"] = _("A number from 0 to %(most)s.") % {"most": MOST}
    if kind == PoolKind.CLINIC and (part not in Part.values or day_date is None):
        wrong["day_date"] = _("Slots have a day and its half.")
    if kind == PoolKind.CLINIC and day_date is not None and day_date < clock.today():
        wrong["day_date"] = _("This day is over.")
    if kind in COUNTED_BEDS and consortium.beds_of(department.pk):
        wrong["kind"] = _("The beds of this ward have names: they are counted by themselves.")
    if kind in COUNTED_BEDS and (day_date or part):
        wrong["day_date"] = _("Beds are told as they are now, without a day.")
    if wrong:
        raise Invalid(fields=wrong)


def _own_department(by: Actor, department_id: UUID) -> Any:
    department = consortium.department(department_id)
    if by.kind is not Kind.SYSTEM and department.organisation_id not in by.organisations:
        raise OutOfReach(detail={"model": "consortium.department", "pk": str(department_id)})
    if not department.organisation.active:
        raise Conflict(_("This institution is closed: no place of it is kept any more."), code="closed")
    return department


@transaction.atomic
def set_quota(
    *,
    by: Actor,
    department_id: UUID,
    weekday: int,
    part: str,
    places: int,
    opens_days: int,
    returns_days: int,
) -> Quota:
    """Give the branches `places` slots on one half day of every week (Monday is 0): opened `opens_days` ahead, and
    what nobody booked returned `returns_days` ahead. 0 places take the quota off; opened half days stay.
    """
    QUOTA.ask(by, "set")
    department = _own_department(by, department_id)
    wrong: dict[str, str] = {}
    if not 0 <= weekday <= 6 or part not in Part.values:
        wrong["weekday"] = _("Choose a half day of the week.")
    if not 0 <= places <= MOST:
        wrong["places"] = _("A number from 0 to %(most)s.") % {"most": MOST}
    if not 0 <= returns_days < opens_days <= DAYS_MOST:
        wrong["opens_days"] = _("Slots are opened before they are returned, at most 60 days ahead.")
    if wrong:
        raise Invalid(fields=wrong)
    told = {"places": places, "opens_days": opens_days, "returns_days": returns_days}
    row, _made = Quota.objects.update_or_create(
        department=department,
        weekday=weekday,
        part=part,
        defaults={**told, "set_by": by.name, "set_at": clock.now()},
    )
    audit.record(
        by=by, action="emr.quota_set", subject=row, detail={"weekday": weekday, "part": part, **told}
    )
    return row


@transaction.atomic
def open_slots(*, by: Actor) -> int:
    """Open the half days that are due by the quotas; how many. What the clinic told itself for a day stays."""
    POOL.ask(by, "open")
    today, now = clock.today(), clock.now()
    open_now = {"department__active": True, "department__organisation__active": True}
    quotas = list(Quota.objects.filter(places__gt=0, **open_now).order_by("pk"))
    wanted = [
        Pool(
            department_id=quota.department_id, kind=PoolKind.CLINIC, day_date=day, part=quota.part,
            places=quota.places, origin=Origin.QUOTA, told_by=quota.set_by, told_at=now,
        )
        for quota in quotas
        for day in _days(today, quota)
    ]  # fmt: skip
    before = Pool.objects.filter(kind=PoolKind.CLINIC).count()
    Pool.objects.bulk_create(wanted, ignore_conflicts=True)
    opened = Pool.objects.filter(kind=PoolKind.CLINIC).count() - before
    if opened:
        audit.record(by=by, action="emr.slots_opened", detail={"half_days": opened})
    return opened


def _days(today: date, quota: Quota) -> list[date]:
    """The days of the quota that are open to the branches now."""
    ahead = range(quota.returns_days + 1, quota.opens_days + 1)
    days = [today + timedelta(days=number) for number in ahead]
    return [day for day in days if day.weekday() == quota.weekday]


@transaction.atomic
def return_slots(*, by: Actor) -> int:
    """Give the slots nobody booked back to the hospital when their quota says so; how many half days."""
    POOL.ask(by, "open")
    today, now = clock.today(), clock.now()
    returned = 0
    for quota in Quota.objects.order_by("pk"):
        due = Pool.objects.select_for_update().filter(
            department=quota.department_id,
            kind=PoolKind.CLINIC,
            part=quota.part,
            day_date__lte=today + timedelta(days=quota.returns_days),
            returned_at__isnull=True,
        )
        for pool in [one for one in due if _was_open(one, quota)]:
            pool.returned_at = now
            pool.save(update_fields=["returned_at"])
            returned += 1
    if returned:
        audit.record(by=by, action="emr.slots_returned", detail={"half_days": returned})
    return returned


def _was_open(pool: Pool, quota: Quota) -> bool:
    """Whether the half day belongs to this quota and was told before it was due back: a later word stands."""
    if pool.day_date is None or pool.day_date.weekday() != quota.weekday:
        return False
    due, _end = clock.day_bounds(pool.day_date - timedelta(days=quota.returns_days))
    return pool.told_at < due
