"""Who may prescribe where, and in which visit; whose sheet a physician signs too, and who that may be."""

from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _

from consortium import selectors as consortium
from consortium.choices import Licence, OrganisationKind, Role
from emr.prescriptions.choices import PRESCRIBING, VISIT_LASTS
from emr.prescriptions.selectors.record import Visit
from kernel import clock
from kernel.actor import Actor
from kernel.errors import Conflict, Refused, Text

TOWNSHIP: Final = (OrganisationKind.BRANCH, OrganisationKind.VILLAGE_CLINIC)


def ask_right(by: Actor) -> str:
    """The licence under which the person prescribes. Raises Refused (403) without the right."""
    held = consortium.licence(by)
    if held not in PRESCRIBING:
        raise Refused(_("Your licence does not allow prescribing."), code="no_prescribing_right")
    return held


def needs_second(held: str, organisation_id: UUID) -> bool:
    """Whether a sheet written here under this licence is valid only with a physician's signature too.

    处方管理办法 art. 8: what an assistant (执业助理医师) writes is valid once a physician (执业医师) of the place of
    practice has signed or sealed it; art. 9: in a township or village she prescribes alone.
    """
    return held == Licence.ASSISTANT and consortium.organisation(organisation_id).kind not in TOWNSHIP


def ask_countersigning(by: Actor) -> None:
    """Raises Refused (403) for anybody but a physician (执业医师): art. 8."""
    if consortium.licence(by) != Licence.PHYSICIAN:
        raise Refused(_("Only a physician countersigns a prescription."), code="no_countersigning_right")


def physicians(organisation_id: UUID, department_id: UUID | None, *, but: UUID) -> list[UUID]:
    """Who is asked to countersign: the physicians of the department, those of the house where it has none."""
    for where in (department_id, None):
        people = consortium.colleagues(Role.SPECIALIST, organisation_id, where)
        if found := [one.pk for one in people if one.licence == Licence.PHYSICIAN and one.pk != but]:
            return found
    return []


def check_visit(visit: Visit) -> None:
    """Raise Conflict (409) for a visit that is too long past to prescribe in."""
    if visit.at is None or visit.at < clock.now() - VISIT_LASTS:
        raise Conflict(
            _("This visit is over for more than three days: write a new note first."), code="visit_over"
        )


def barred(by: Actor, visit: Visit) -> Text:
    """Why the person cannot prescribe in this visit, for the page; "" where she can."""
    try:
        ask_right(by)
        check_visit(visit)
    except (Refused, Conflict) as refusal:
        return refusal.message
    return ""
