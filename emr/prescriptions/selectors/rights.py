"""Who may prescribe where, and in which visit."""

from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _

from consortium import selectors as consortium
from consortium.choices import Licence, OrganisationKind
from emr.prescriptions.choices import PRESCRIBING, VISIT_LASTS
from emr.prescriptions.selectors.record import Visit
from kernel import clock
from kernel.actor import Actor
from kernel.errors import Conflict, Refused, Text

TOWNSHIP: Final = (OrganisationKind.BRANCH, OrganisationKind.VILLAGE_CLINIC)


def ask_right(by: Actor, organisation_id: UUID) -> str:
    """The licence under which the person prescribes here. Raises Refused (403) without the right."""
    held = consortium.licence(by)
    if held not in PRESCRIBING:
        raise Refused(_("Your licence does not allow prescribing."), code="no_prescribing_right")
    kind = consortium.organisation(organisation_id).kind
    if held == Licence.ASSISTANT and kind not in TOWNSHIP:
        words = _("An assistant physician prescribes alone at a township or village only.")
        raise Refused(words, code="no_prescribing_right")
    return held


def check_visit(visit: Visit) -> None:
    """Raise Conflict (409) for a visit that is too long past to prescribe in."""
    if visit.at is None or visit.at < clock.now() - VISIT_LASTS:
        raise Conflict(
            _("This visit is over for more than three days: write a new note first."), code="visit_over"
        )


def barred(by: Actor, visit: Visit, organisation_id: UUID) -> Text:
    """Why the person cannot prescribe in this visit, for the page; "" where she can."""
    try:
        ask_right(by, organisation_id)
        check_visit(visit)
    except (Refused, Conflict) as refusal:
        return refusal.message
    return ""
