"""What is asked of an institution, a department, a bed or a device before it is written, and how a refusal is told."""

import re
from collections.abc import Mapping
from typing import Final, TypeAlias
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from consortium.choices import AE_TITLE, OrganisationKind, Specialty
from consortium.models import ApplicationEntity, Bed, Department, Organisation
from kernel import audit
from kernel.actor import Actor
from kernel.errors import Conflict, Invalid, Text

Row: TypeAlias = Organisation | Department | Bed | ApplicationEntity

REGION: Final = re.compile(r"\d{6}(\d{3}|\d{6})?")
ABOVE: Final[Mapping[OrganisationKind, frozenset[OrganisationKind]]] = {
    OrganisationKind.COUNTY_BUREAU: frozenset(),
    OrganisationKind.CONSORTIUM_OFFICE: frozenset({OrganisationKind.COUNTY_BUREAU}),
    OrganisationKind.HEAD_HOSPITAL: frozenset(
        {OrganisationKind.CONSORTIUM_OFFICE, OrganisationKind.COUNTY_BUREAU}
    ),
    OrganisationKind.BRANCH: frozenset({OrganisationKind.HEAD_HOSPITAL}),
    OrganisationKind.VILLAGE_CLINIC: frozenset({OrganisationKind.BRANCH}),
    OrganisationKind.OUTSIDE: frozenset(),
}
"""Which kind stands above which; a village clinic cannot do without its branch."""

ORGANISATION_RULES: Final = ("consortium_organisation_name_key", "organisation_one_head_hospital")
AE_RULES: Final = ("consortium_applicationentity_title_key",)


def organisation_there() -> Conflict:
    return Conflict(
        code="organisation_exists",
        fields={"name": _("This institution is already registered.")},
    )


def department_there() -> Conflict:
    words = _("A department with this code is registered here already, perhaps a closed one: open it again.")
    return Conflict(code="department_exists", fields={"code": words})


def entity_there() -> Conflict:
    words = _(
        "This AE title is taken in the county, perhaps by a device that was ended: open that one again."
    )
    return Conflict(code="entity_exists", fields={"title": words})


def ask_open(place: Organisation | Department) -> None:
    """Raises Conflict (409): nothing new comes into a closed institution or department."""
    if not place.active:
        raise Conflict(_("This is closed: nothing new is registered here."), code="closed")


def ask_seen(row: Row, version: int | None) -> None:
    """Raises Conflict (409) when somebody changed the row after it was shown."""
    if version is not None and version != row.version:
        words = _(
            "Somebody else has changed this in the meantime. What you typed is still here: look at the present state "
            "first."
        )
        raise Conflict(words, code="version_conflict", detail={"version": row.version})


def ask_region(code: str) -> None:
    if not REGION.fullmatch(code):
        raise Invalid(fields={"region_code": _("A region code has 6, 9 or 12 digits.")})


def ask_parent(kind: OrganisationKind, parent_id: UUID | None) -> None:
    """Raises Invalid (422) for an institution that cannot stand above one of this kind."""
    if parent_id is None:
        if kind is OrganisationKind.VILLAGE_CLINIC:
            raise Invalid(fields={"parent_id": _("Choose the branch this village clinic belongs to.")})
        return
    above = Organisation.objects.filter(pk=parent_id).values_list("kind", flat=True).first()
    if above not in ABOVE[kind]:
        raise Invalid(fields={"parent_id": _("This institution cannot stand above one of that kind.")})


def ask_specialty(specialty: str) -> None:
    if specialty and specialty not in Specialty.values:
        raise Invalid(fields={"specialty": _("Choose a specialty of the list.")})


def ask_title(title: str) -> str:
    """The title as it is kept. Raises Invalid (422) for what PS3.5 does not allow."""
    kept = title.strip(" ").upper()
    if not re.fullmatch(AE_TITLE, kept):
        words = _("An AE title has 1 to 16 letters, digits or signs, no backslash, no Chinese characters.")
        raise Invalid(fields={"title": words})
    return kept


def ask_host(host: str, port: int | None) -> None:
    """Raises Invalid (422) unless both are given, or neither."""
    wrong: dict[str, Text] = {}
    if host and port is None:
        wrong["port"] = _("Give the port too, or leave both empty.")
    if port is not None and not host:
        wrong["host"] = _("Give the address too, or leave both empty.")
    if port is not None and not 1 <= port <= 65535:
        wrong["port"] = _("A port lies between 1 and 65535.")
    if wrong:
        raise Invalid(fields=wrong)


def changed(row: Row, facts: Mapping[str, object]) -> dict[str, str]:
    """Put `facts` on the row; what changed as the audit record tells it: each with what stood before."""
    told: dict[str, str] = {}
    for name, value in facts.items():
        before = getattr(row, name)
        if before != value:
            told |= {name: _told(value), f"{name}_before": _told(before)}
            setattr(row, name, value)
    return told


def keep(by: Actor, row: Row, action: str, told: Mapping[str, str]) -> None:
    """Write what `changed` put on the row, and its trace."""
    row.version += 1
    names = [name for name in told if not name.endswith("_before")]
    row.save(update_fields=[*names, "version"])
    audit.record(by=by, action=action, subject=row, detail=told)


def _told(value: object) -> str:
    return "" if value is None else str(value)
