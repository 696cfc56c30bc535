"""Organisations, their codes, departments, beds and application entities."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from psycopg.types.range import DateRange

from consortium import events
from consortium.choices import BedKind, IdentifierSystem, OrganisationKind
from consortium.engine import codes
from consortium.models import ApplicationEntity, Bed, Department, Organisation, OrganisationIdentifier
from consortium.policies import BED, DEPARTMENT, ENTITY, ORGANISATION
from kernel import audit, clock, outbox
from kernel.actor import Actor
from kernel.clashes import told_as
from kernel.errors import Conflict, Invalid
from kernel.pinyin import pinyin_of

_VALID = {
    IdentifierSystem.USCC: codes.uscc_valid,
    IdentifierSystem.INSTITUTION: codes.institution_valid,
    IdentifierSystem.INSURANCE: codes.insurance_valid,
}


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
    sequence: int = 0,
) -> Organisation:
    """Register an institution with the codes it bears from today. Raises Invalid for a wrong code, Conflict for a
    name, a code or a head hospital that is already there."""
    ORGANISATION.ask(by, "register")
    organisation = Organisation(
        kind=OrganisationKind(kind),
        name=name,
        short_name=short_name or name[:40],
        pinyin=pinyin_of(short_name or name)[0],
        parent_id=parent_id,
        region_code=region_code,
        address=address,
        telephone=telephone,
        sequence=sequence,
    )
    taken = Conflict(_("This institution is already registered."), code="organisation_exists")
    with told_as(taken, "consortium_organisation_name_key", "organisation_one_head_hospital"):
        organisation.save(force_insert=True)
    for system, value in (identifiers or {}).items():
        give_identifier(by=by, organisation_id=organisation.pk, system=system, value=value)
    audit.record(
        by=by, action="consortium.organisation_registered", subject=organisation, detail={"kind": kind}
    )
    outbox.emit(events.OrganisationChanged(organisation_id=str(organisation.pk)))
    return organisation


@transaction.atomic
def give_identifier(
    *,
    by: Actor,
    organisation_id: UUID,
    system: str,
    value: str,
    since: date | None = None,
    until: date | None = None,
) -> OrganisationIdentifier:
    """Give an organisation a code from `since` (default today) up to and without `until`.

    Raises Invalid for a wrong shape or check digit, Conflict when the period overlaps another one of the
    organisation or the code belongs to another organisation at that time.
    """
    organisation = ORGANISATION.fetch(by, "change", organisation_id)
    kind, text = IdentifierSystem(system), value.strip().upper()
    if not _VALID[kind](text):
        raise Invalid(
            _("This code is not right: check its length and its last character."), code="bad_identifier"
        )
    period = DateRange(since or clock.today(), until, "[)")
    taken = Conflict(_("This code is already in use in that period."), code="identifier_in_use")
    with told_as(taken, "identifier_one_per_system_at_a_time", "identifier_names_one_organisation_at_a_time"):
        row = OrganisationIdentifier.objects.create(
            organisation=organisation, system=kind, value=text, period=period
        )
    audit.record(
        by=by, action="consortium.identifier_given", subject=organisation, detail={"system": kind.value}
    )
    outbox.emit(events.OrganisationChanged(organisation_id=str(organisation.pk)))
    return row


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
    sequence: int = 0,
) -> Department:
    """Register a department (科室). Raises Conflict when its code exists in the organisation."""
    DEPARTMENT.ask(by, "register")
    row = Department(
        organisation_id=organisation_id,
        code=code,
        name=name,
        specialty=specialty,
        telephone=telephone,
        services=services,
        sequence=sequence,
    )
    taken = Conflict(_("This department is already registered."), code="department_exists")
    with told_as(taken, "department_code_is_unique_inside"):
        row.save(force_insert=True)
    audit.record(by=by, action="consortium.department_registered", subject=row)
    outbox.emit(events.DepartmentChanged(department_id=str(row.pk)))
    return row


@transaction.atomic
def register_bed(
    *, by: Actor, department_id: UUID, code: str, kind: BedKind | str = BedKind.GENERAL, room: str = ""
) -> Bed:
    """Register a bed as a place. Raises Conflict when its code exists in the department."""
    BED.ask(by, "register")
    row = Bed(department_id=department_id, code=code, room=room, kind=BedKind(kind))
    taken = Conflict(_("This bed is already registered."), code="bed_exists")
    with told_as(taken, "bed_code_is_unique_inside"):
        row.save(force_insert=True)
    audit.record(by=by, action="consortium.bed_registered", subject=row)
    outbox.emit(events.DepartmentChanged(department_id=str(department_id)))
    return row


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
) -> ApplicationEntity:
    """Register a DICOM application entity. Raises Conflict when the AE title is taken or malformed."""
    ENTITY.ask(by, "register")
    row = ApplicationEntity(
        title=title.strip().upper(),
        name=name,
        organisation_id=organisation_id,
        department_id=department_id,
        host=host,
        port=port,
    )
    taken = Conflict(_("This AE title is taken, or its host and port do not fit."), code="entity_exists")
    with told_as(
        taken, "consortium_applicationentity_title_key", "ae_title_shape", "ae_host_and_port_together"
    ):
        row.save(force_insert=True)
    audit.record(by=by, action="consortium.entity_registered", subject=row)
    return row
