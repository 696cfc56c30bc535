"""Who may use beds. Read this file to audit access.

A hold comes from a referral (coordinator or bed desk of the receiving side), a walk-in from admissions.
"""

from typing import Final

from django.db.models import Q

from consortium.choices import Role
from emr.capacity.models import BedUse
from kernel.actor import Actor
from kernel.policy import Grant, Policy, everything


def own(actor: Actor) -> Q:
    """Beds of the actor's own institutions."""
    return Q(bed__department__organisation__in=actor.organisations)


WARD: Final = (Role.BED_DESK, Role.COORDINATOR, Role.RECEPTION, Role.SPECIALIST, Role.BRANCH_DOCTOR)

BED_USE: Final = Policy(
    BedUse,
    {
        "view": [
            Grant(role, everything) for role in (*WARD, Role.BRANCH_REVIEWER, Role.LEADER, Role.STATISTICIAN)
        ]
        + [Grant("system", everything)],
        "hold": [
            Grant(role, own) for role in (Role.BED_DESK, Role.COORDINATOR, Role.RECEPTION, Role.BRANCH_DOCTOR)
        ]
        + [Grant("system", everything)],
        "occupy": [
            Grant(role, own) for role in (Role.BED_DESK, Role.RECEPTION, Role.SPECIALIST, Role.BRANCH_DOCTOR)
        ]
        + [Grant("system", everything)],
        "free": [Grant(role, own) for role in WARD] + [Grant("system", everything)],
        "block": [Grant(Role.BED_DESK, own), Grant("system", everything)],
    },
)
