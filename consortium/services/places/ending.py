"""Departments, beds and application entities close, once nothing hangs on them, and open again."""

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from consortium import events
from consortium.anchors import Place, hanging
from consortium.models import ApplicationEntity, Bed, Department
from consortium.policies import BED, DEPARTMENT, ENTITY
from consortium.selectors.places.keeping import hangs_on
from consortium.services.places.telling import ask_open, ask_seen
from kernel import audit, clock, outbox
from kernel.actor import Actor
from kernel.errors import Conflict, Invalid, Text


@transaction.atomic
def close_department(*, by: Actor, department_id: UUID, version: int | None, day: date) -> Department:
    """From `day` (today or later) on the department is closed; another day may be said until then.

    Raises Conflict (409) with what hangs on it - beds, posts that run on that day, devices, and what other rooms name
    (`anchors`) -, or when it is closed already; Invalid (422) for a day that is over.
    """
    row = DEPARTMENT.fetch(by, "close", department_id, lock=True)
    ask_seen(row, version)
    if not row.active:
        raise Conflict(_("This department is closed already."), code="closed")
    if day < clock.today():
        raise Invalid(fields={"day": _("It closes today or later: what was done until now stays as it was.")})
    if words := hangs_on(row.pk, day):
        raise _hangs(words)
    row.closes_date, row.active, row.version = day, day > clock.today(), row.version + 1
    row.save(update_fields=["closes_date", "active", "version"])
    _department_changed(by, row, "consortium.department_closes", {"day": day.isoformat()})
    return row


@transaction.atomic
def reopen_department(*, by: Actor, department_id: UUID, version: int | None) -> Department:
    """An announced closing is taken back, or a closed department opens again. Raises Conflict (409) when it is open,
    or its institution is closed."""
    row = DEPARTMENT.fetch(by, "reopen", department_id, lock=True)
    ask_seen(row, version)
    ask_open(row.organisation)
    if row.closes_date is None:
        raise Conflict(_("This department is open."), code="open")
    row.closes_date, row.active, row.version = None, True, row.version + 1
    row.save(update_fields=["closes_date", "active", "version"])
    _department_changed(by, row, "consortium.department_reopened", {})
    return row


@transaction.atomic
def close_departments_due(*, by: Actor) -> int:
    """Close the departments whose day has come; how many. One that something hangs on again stays open, and its page
    says why; it is tried at each round."""
    due = DEPARTMENT.rows(by, "close").filter(active=True, closes_date__lte=clock.today())
    closed = 0
    for row in due.select_for_update(of=("self",)).order_by("pk"):
        if hangs_on(row.pk, clock.today()):
            continue
        row.active, row.version, closed = False, row.version + 1, closed + 1
        row.save(update_fields=["active", "version"])
        _department_changed(by, row, "consortium.department_closed", {})
    return closed


def _department_changed(by: Actor, row: Department, action: str, detail: dict[str, str]) -> None:
    audit.record(by=by, action=action, subject=row, detail=detail)
    outbox.emit(events.DepartmentChanged(department_id=str(row.pk)))


@transaction.atomic
def close_beds(*, by: Actor, department_id: UUID, bed_ids: Sequence[UUID]) -> list[Bed]:
    """Beds of a department close now, all or none; closed ones among them stay closed. Raises Conflict (409) with the
    beds somebody lies in or that are kept, Invalid (422) when none is named."""
    rows = _beds(by, "close", department_id, bed_ids)
    open_ = [row for row in rows if row.active]
    words = {row.code: list(hanging(Place.BED, row.pk)) for row in open_}
    if told := [f"{code}: {'; '.join(map(str, said))}" for code, said in words.items() if said]:
        raise _hangs(told)
    return _set(by, open_, active=False, action="consortium.bed_closed")


@transaction.atomic
def reopen_beds(*, by: Actor, department_id: UUID, bed_ids: Sequence[UUID]) -> list[Bed]:
    """Closed beds of a department open again. Raises Conflict (409) when the department is closed, Invalid (422) when
    none is named."""
    rows = _beds(by, "reopen", department_id, bed_ids)
    ask_open(rows[0].department)
    return _set(by, [row for row in rows if not row.active], active=True, action="consortium.bed_reopened")


def _beds(by: Actor, action: str, department_id: UUID, bed_ids: Sequence[UUID]) -> list[Bed]:
    """The named beds of the department, both locked, the department first."""
    department = DEPARTMENT.fetch(by, "change", department_id, lock=True)
    rows = BED.rows(by, action).filter(department=department, pk__in=bed_ids)
    found = list(rows.select_for_update(of=("self",)).order_by("code", "pk"))
    if not found:
        raise Invalid(fields={"bed": _("Tick at least one bed.")})
    for row in found:
        row.department = department
    return found


def _set(by: Actor, rows: list[Bed], *, active: bool, action: str) -> list[Bed]:
    for row in rows:
        row.active, row.version = active, row.version + 1
        row.save(update_fields=["active", "version"])
        audit.record(by=by, action=action, subject=row, detail={"code": row.code})
    if rows:
        outbox.emit(events.DepartmentChanged(department_id=str(rows[0].department_id)))
    return rows


@transaction.atomic
def end_entity(*, by: Actor, entity_id: UUID, version: int | None) -> ApplicationEntity:
    """From its next association on the device is a stranger; what it sent stays. Raises Conflict (409) when it is
    ended already."""
    row = ENTITY.fetch(by, "close", entity_id, lock=True)
    ask_seen(row, version)
    if not row.active:
        raise Conflict(_("This device is ended already."), code="closed")
    return _switch(by, row, active=False, action="consortium.entity_ended")


@transaction.atomic
def reopen_entity(*, by: Actor, entity_id: UUID, version: int | None) -> ApplicationEntity:
    """An ended device may send again. Raises Conflict (409) when it is open, or its institution is closed."""
    row = ENTITY.fetch(by, "reopen", entity_id, lock=True)
    ask_seen(row, version)
    ask_open(row.organisation)
    if row.active:
        raise Conflict(_("This device is open."), code="open")
    return _switch(by, row, active=True, action="consortium.entity_reopened")


def _switch(by: Actor, row: ApplicationEntity, *, active: bool, action: str) -> ApplicationEntity:
    row.active, row.version = active, row.version + 1
    row.save(update_fields=["active", "version"])
    audit.record(by=by, action=action, subject=row, detail={"title": row.title})
    return row


def _hangs(words: Iterable[Text]) -> Conflict:
    told = " ".join(str(one) for one in words)
    return Conflict(_("It cannot close yet: %(what)s") % {"what": told}, code="hangs")
