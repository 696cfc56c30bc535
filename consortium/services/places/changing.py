"""Facts of institutions, departments, beds and application entities change; each change tells what stood before."""

from uuid import UUID

from django.db import transaction

from consortium import events
from consortium.choices import BedKind, OrganisationKind
from consortium.models import ApplicationEntity, Bed, Department, Organisation
from consortium.policies import BED, DEPARTMENT, ENTITY, ORGANISATION
from consortium.services.places.telling import (
    AE_RULES,
    ORGANISATION_RULES,
    ask_host,
    ask_parent,
    ask_region,
    ask_seen,
    ask_specialty,
    ask_title,
    changed,
    department_there,
    entity_there,
    keep,
    organisation_there,
)
from kernel import outbox
from kernel.actor import Actor
from kernel.database.clashes import told_as
from kernel.pinyin import pinyin_of


@transaction.atomic
def change_organisation(
    *,
    by: Actor,
    organisation_id: UUID,
    version: int | None,
    name: str,
    short_name: str,
    region_code: str,
    parent_id: UUID | None = None,
    address: str = "",
    telephone: str = "",
) -> Organisation:
    """Another name, place or telephone of an institution; its kind stays. Raises Conflict (409) for a name that is
    taken or a page that is out of date, Invalid (422) for a wrong region or institution above it."""
    row = ORGANISATION.fetch(by, "change", organisation_id, lock=True)
    ask_seen(row, version)
    ask_region(region_code)
    ask_parent(OrganisationKind(row.kind), parent_id)
    facts = {"name": name, "short_name": short_name, "region_code": region_code, "parent_id": parent_id}
    facts |= {"address": address, "telephone": telephone, "pinyin": pinyin_of(short_name)[0]}
    if told := changed(row, facts):
        with told_as(organisation_there(), *ORGANISATION_RULES):
            keep(by, row, "consortium.organisation_changed", told)
        outbox.emit(events.OrganisationChanged(organisation_id=str(row.pk)))
    return row


@transaction.atomic
def change_department(
    *,
    by: Actor,
    department_id: UUID,
    version: int | None,
    code: str,
    name: str,
    specialty: str = "",
    telephone: str = "",
    services: str = "",
) -> Department:
    """Another name, code or telephone of a department; its beds, posts and legs stay with it. Raises Conflict (409)
    for a code that is taken or a page that is out of date."""
    row = DEPARTMENT.fetch(by, "change", department_id, lock=True)
    ask_seen(row, version)
    if specialty != row.specialty:
        ask_specialty(specialty)
    facts = {"code": code, "name": name, "specialty": specialty, "telephone": telephone, "services": services}
    if told := changed(row, facts):
        with told_as(department_there(), "department_code_is_unique_inside"):
            keep(by, row, "consortium.department_changed", told)
        outbox.emit(events.DepartmentChanged(department_id=str(row.pk)))
    return row


@transaction.atomic
def change_bed(*, by: Actor, bed_id: UUID, version: int | None, kind: BedKind | str, room: str = "") -> Bed:
    """Another kind or room of a bed; its code is what it is known by, and stays. Raises Conflict (409) for a page
    that is out of date."""
    row = BED.fetch(by, "change", bed_id, lock=True)
    ask_seen(row, version)
    if told := changed(row, {"kind": BedKind(kind).value, "room": room}):
        keep(by, row, "consortium.bed_changed", told)
        outbox.emit(events.DepartmentChanged(department_id=str(row.department_id)))
    return row


@transaction.atomic
def change_entity(
    *,
    by: Actor,
    entity_id: UUID,
    version: int | None,
    title: str,
    name: str,
    department_id: UUID | None = None,
    host: str = "",
    port: int | None = None,
    stores: bool = True,
) -> ApplicationEntity:
    """Another title, name, place or right of a device, from its next association on. Raises Conflict (409) for a
    title that is taken or a page that is out of date, Invalid (422) as when it is registered."""
    row = ENTITY.fetch(by, "change", entity_id, lock=True)
    ask_seen(row, version)
    ask_host(host, port)
    facts: dict[str, object] = {"title": ask_title(title), "name": name, "department_id": department_id}
    facts |= {"host": host, "port": port, "stores": stores}
    if told := changed(row, facts):
        with told_as(entity_there(), *AE_RULES):
            keep(by, row, "consortium.entity_changed", told)
    return row
