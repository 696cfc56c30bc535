"""Who may write, read and void a prescription. Read this file to audit access.

What the person's licence allows beyond the post stands in `selectors/rights.py`.
"""

from typing import Final

from django.db.models import Q

from consortium.choices import TREATING, Role
from emr.access import selectors as access
from emr.prescriptions.models import Prescription
from emr.repository import selectors as repository
from kernel.actor import Actor
from kernel.policy import Grant, Policy


def readable(actor: Actor) -> Q:
    """Sheets that are not specially protected, or open to the actor all the same (label before role)."""
    return repository.told_to(actor, kind="Provenance", id="id")


def own(actor: Actor) -> Q:
    """Sheets of the actor's own institutions."""
    return Q(organisation__in=actor.organisations) & readable(actor)


def own_or_open(actor: Actor) -> Q:
    """Own ones, and those of patients whose record is open to the actor on any ground."""
    opened = Q(patient_id__in=access.ids_open_to(actor))
    return (Q(organisation__in=actor.organisations) | opened) & readable(actor)


def mine(actor: Actor) -> Q:
    """What one signed oneself, first or second."""
    signed = Q(doctor=actor.id) | Q(second=actor.id)
    return signed & Q(organisation__in=actor.organisations) & readable(actor)


def written(actor: Actor) -> Q:
    """What one wrote oneself."""
    return Q(doctor=actor.id) & own(actor)


def of_others(actor: Actor) -> Q:
    """Sheets of the own place of practice that somebody else wrote."""
    return own(actor) & ~Q(doctor=actor.id)


PRESCRIPTION: Final = Policy(
    Prescription,
    {
        "view": [
            *[Grant(role, own_or_open) for role in TREATING],
            Grant(Role.COORDINATOR, own_or_open),
            Grant(Role.INSURANCE_CLERK, own),
        ],
        "write": [Grant(role, own) for role in TREATING],
        "countersign": [Grant(Role.SPECIALIST, of_others)],
        "renew": [Grant(role, written) for role in TREATING],
        "void": [
            Grant(Role.BRANCH_DOCTOR, mine),
            Grant(Role.SPECIALIST, mine),
            Grant(Role.BRANCH_REVIEWER, own),
        ],
    },
)
"""The cashier charges by fee lines, not by sheets; the insurance office holds a sheet of its house against the limits
of payment. A wrong sheet of a colleague is made void by the institution's reviewer. Only physicians countersign, and
only where an assistant does not prescribe alone: never at a branch (`selectors.rights`)."""
