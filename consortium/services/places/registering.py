"""Institutions, departments, beds and application entities are registered."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from consortium import events
from consortium.choices import BedKind, OrganisationKind
from consortium.engine import runs
from consortium.models import ApplicationEntity, Bed, Department, Organisation
from consortium.policies import BED, DEPARTMENT, ENTITY, ORGANISATION
from consortium.services.places.identifying import give_identifier
from consortium.services.places.telling import (
    AE_RULES,
    ORGANISATION_RULES,
    ask_host,
    ask_open,
    ask_parent,
    ask_region,
    ask_specialty,
    ask_title,
    department_there,
    entity_there,
    organisation_there,
)
from kernel import audit, outbox
from kernel.actor import Actor
from kernel.database.clashes import told_as
from kernel.errors import Conflict, Invalid
from kernel.pinyin import pinyin_of

SHORT: Final = 40


@transaction.atomic
def register_organisation(
    *,
    by: Actor,
    kind: OrganisationKind | str,
    name: str,
    region_code: str,
    short_name: str = "",
    parent_id: UUID | None = None,
    identifiers: Mapping[str, str] | None = None,
    address: str = "",
    telephone: str = "",
) -> Organisation:
    """Register an institution with the codes it bears from today; it is listed last.

    Raises Invalid (422) for a wrong code, region or institution above it, Conflict (409) for a name, a code or a head
    hospital that is already there.
    """
    ORGANISATION.ask(by, "register")
    kind = OrganisationKind(kind)
    ask_region(region_code)
    ask_parent(kind, parent_id)
    last = Organisation.objects.aggregate(last=Max("sequence"))["last"]
    organisation = Organisation(
        kind=kind,
        name=name,
        short_name=short_name or name[:SHORT],
        pinyin=pinyin_of(short_name or name)[0],
        parent_id=parent_id,
        region_code=region_code,
        address=address,
        telephone=telephone,
        sequence=(last or 0) + 1,
    )
    with told_as(organisation_there(), *ORGANISATION_RULES):
        organisation.save(force_insert=True)
    for system, value in (identifiers or {}).items():
        give_identifier(by=by, organisation_id=organisation.pk, system=system, value=value, field=system)
    audit.record(
        by=by, action="consortium.organisation_registered", subject=organisation, detail={"kind": kind.value}
    )
    outbox.emit(events.OrganisationChanged(organisation_id=str(organisation.pk)))
    return organisation


@transaction.atomic
def register_department(
    *,
    by: Actor,
    organisation_id: UUID,
    code: str,
    name: str,
    specialty: str = "",
    telephone: str = "",
    services: str = "",
) -> Department:
    """Register a department (科室); it is listed last. Raises Conflict (409) when its code exists in the institution,
    or the institution is closed."""
    DEPARTMENT.ask(by, "register")
    place = ORGANISATION.fetch(by, "change", organisation_id, lock=True)
    ask_open(place)
    ask_specialty(specialty)
    last = Department.objects.filter(organisation=place).aggregate(last=Max("sequence"))["last"]
    row = Department(
        organisation=place,
        code=code,
        name=name,
        specialty=specialty,
        telephone=telephone,
        services=services,
        sequence=(last or 0) + 1,
    )
    with told_as(department_there(), "department_code_is_unique_inside"):
        row.save(force_insert=True)
    audit.record(by=by, action="consortium.department_registered", subject=row, detail={"code": code})
    outbox.emit(events.DepartmentChanged(department_id=str(row.pk)))
    return row


@transaction.atomic
def register_beds(
    *,
    by: Actor,
    department_id: UUID,
    first: str,
    last: str = "",
    kind: BedKind | str = BedKind.GENERAL,
    room: str = "",
) -> list[Bed]:
    """Register a bed as a place, or a run of them: 3-01 … 3-20, all or none.

    Raises Invalid (422) for what is no run, Conflict (409) when one of the codes exists in the department, or the
    department is closed.
    """
    BED.ask(by, "register")
    ward = DEPARTMENT.fetch(by, "change", department_id, lock=True)
    ask_open(ward)
    try:
        codes = runs.run(first, last)
    except ValueError as error:
        told = _(
            "Write it like 3-01 to 3-20: the same beginning, up to a hundred numbers, the smaller one first."
        )
        raise Invalid(fields={"last": told}) from error
    known = (
        Bed.objects.filter(department=ward, code__in=codes).order_by("code").values_list("code", flat=True)
    )
    if there := list(known):
        words = _(
            "Registered in this department already: %(codes)s. Leave these out, or open a closed one again."
        )
        raise Conflict(code="bed_exists", fields={"first": words % {"codes": "、".join(there)}})
    beds = Bed.objects.bulk_create(
        Bed(department=ward, code=code, room=room, kind=BedKind(kind)) for code in codes
    )
    detail: dict[str, str | int] = {"first": codes[0], "last": codes[-1], "number": len(codes)}
    audit.record(by=by, action="consortium.bed_registered", subject=ward, detail=detail)
    outbox.emit(events.DepartmentChanged(department_id=str(ward.pk)))
    return beds


@transaction.atomic
def register_entity(
    *,
    by: Actor,
    title: str,
    name: str,
    organisation_id: UUID,
    department_id: UUID | None = None,
    host: str = "",
    port: int | None = None,
    stores: bool = True,
) -> ApplicationEntity:
    """Register a DICOM application entity; `stores`: its images are taken, else the connection test alone.

    Raises Invalid (422) for a title PS3.5 does not allow or a host without port, Conflict (409) when the title is
    taken or the institution is closed.
    """
    ENTITY.ask(by, "register")
    place = ORGANISATION.fetch(by, "change", organisation_id)
    ask_open(place)
    ask_host(host, port)
    row = ApplicationEntity(
        title=ask_title(title),
        name=name,
        organisation=place,
        department_id=department_id,
        host=host,
        port=port,
        stores=stores,
    )
    with told_as(entity_there(), *AE_RULES):
        row.save(force_insert=True)
    audit.record(by=by, action="consortium.entity_registered", subject=row, detail={"title": row.title})
    return row
