"""Who may use beds and tell how many are free. Read this file to audit access.

A hold comes from a referral (coordinator or bed desk of the receiving side), a walk-in from admissions. Numbers are
told by the ward or by the hospital's own system; they name nobody.
"""

from typing import Final

from django.db.models import Q

from consortium.choices import Role
from emr.capacity.models import BedUse, Pool, Quota
from kernel.actor import Actor
from kernel.policy import Grant, Policy, everything


def own(actor: Actor) -> Q:
    """Places of the actor's own institutions."""
    return Q(bed__department__organisation__in=actor.organisations) | Q(
        pool__department__organisation__in=actor.organisations
    )


def own_ward(actor: Actor) -> Q:
    """Numbers of wards and clinics of the actor's own institutions."""
    return Q(department__organisation__in=actor.organisations)


WARD: Final = (Role.BED_DESK, Role.COORDINATOR, Role.RECEPTION, Role.SPECIALIST, Role.BRANCH_DOCTOR)
PROGRAM: Final = "workflow/*.*"
"""The scope of a hospital's system: it tells the numbers of its own wards and reads their board."""

BED_USE: Final = Policy(
    BedUse,
    {
        "view": [
            Grant(role, everything) for role in (*WARD, Role.BRANCH_REVIEWER, Role.LEADER, Role.STATISTICIAN)
        ]
        + [Grant(PROGRAM, own), Grant("system", everything)],
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
        "expire": [Grant("system", everything)],
    },
)

TELLERS: Final = (Role.BED_DESK, Role.COORDINATOR)
POOL: Final = Policy(
    Pool,
    {
        "tell": [Grant(role, own_ward) for role in (*TELLERS, PROGRAM)] + [Grant("system", everything)],
        "open": [Grant("system", everything)],
    },
)
QUOTA: Final = Policy(
    Quota,
    {
        "view": [Grant(role, own_ward) for role in TELLERS] + [Grant("system", everything)],
        "set": [Grant(role, own_ward) for role in TELLERS] + [Grant("system", everything)],
    },
)
