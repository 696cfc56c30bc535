"""Guides of departments."""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from consortium import selectors as consortium
from consortium.choices import Role
from kernel.actor import Actor
from kernel.errors import OutOfReach
from referral.models import Guide
from referral.policies import GUIDE

RECEIVING: Final = (Role.SPECIALIST, Role.BED_DESK, Role.BRANCH_DOCTOR)
"""A department with one of these receives patients; others have no guide to write."""


@dataclass(frozen=True, slots=True)
class GuideRow:
    """A department with what its guide says, if there is one."""

    department_id: UUID
    department: str
    telephone: str
    guide: Guide | None

    @property
    def initial(self) -> dict[str, Any]:
        """What the form starts from."""
        if self.guide is None:
            return {"telephone": self.telephone}
        one = self.guide
        return {"place": one.place, "telephone": one.telephone, "bring": one.bring, "version": one.version}


def guides(*, by: Actor) -> list[GuideRow]:
    """The departments of the own institution that receive patients, those without a guide first; at one where no
    department has doctors or a ward of its own, all of them."""
    GUIDE.ask(by, "write")
    wards = consortium.departments_of(by.place)
    found = {
        one.department_id: one for one in GUIDE.rows(by, "view").filter(department__in=[w.pk for w in wards])
    }
    receiving = consortium.departments_with(roles=RECEIVING, organisation_id=by.place) | set(found)
    rows = [
        GuideRow(ward.pk, ward.name, ward.telephone, found.get(ward.pk))
        for ward in wards
        if ward.pk in receiving or not receiving
    ]
    return sorted(rows, key=lambda row: row.guide is not None)


def guide_of(*, by: Actor, department_id: UUID) -> GuideRow:
    """One department of the own institution; 404 for any other."""
    GUIDE.ask(by, "view")
    ward = consortium.department(department_id)
    if ward.organisation_id not in by.organisations:
        raise OutOfReach(detail={"model": "consortium.department", "pk": str(department_id)})
    guide = GUIDE.rows(by, "view").filter(department=ward).first()
    return GuideRow(ward.pk, ward.name, ward.telephone, guide)


def guide_to_write(*, by: Actor, department_id: UUID) -> GuideRow:
    """The same for who may write it: 403 for others."""
    GUIDE.ask(by, "write")
    return guide_of(by=by, department_id=department_id)
