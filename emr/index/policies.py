"""Who may register, find, correct and merge patients. Read this file to audit access.

To be found is not to be open: what of a found patient is shown, and whether the record opens, is decided by
`emr.access`.
"""

from typing import Final

from django.db.models import Q

from consortium.choices import API_CLIENT, TREATING, Role
from emr.index.models import Patient
from kernel.actor import Actor
from kernel.policy import Grant, Policy, everything


def own(actor: Actor) -> Q:
    """Records of the actor's own institutions."""
    return Q(organisation__in=actor.organisations)


DESKS: Final = (Role.RECEPTION, Role.BED_DESK, Role.COORDINATOR, Role.TECHNOLOGIST)
PAYING: Final = (Role.CASHIER, Role.INSURANCE_CLERK, Role.WELFARE_OFFICER)
READING: Final = (Role.READER, Role.REVIEWING_READER, Role.MEDICAL_AFFAIRS)

PATIENT: Final = Policy(
    Patient,
    {
        "list": [Grant(role, own) for role in (*TREATING, *DESKS, *PAYING, *READING)],
        "find": [Grant(role, everything) for role in (*TREATING, *DESKS, *PAYING, *READING, API_CLIENT)],
        "register": [
            Grant(role, own) for role in (*TREATING, Role.RECEPTION, Role.TECHNOLOGIST, API_CLIENT, "system")
        ],
        "correct": [Grant(role, own) for role in (*TREATING, Role.RECEPTION, API_CLIENT, "system")],
        "reveal": [Grant(role, everything) for role in (*TREATING, *DESKS, *PAYING, *READING)],
        "reach": [Grant("system", everything)],
        "merge": [Grant(Role.MEDICAL_AFFAIRS, everything), Grant("system", everything)],
    },
)
