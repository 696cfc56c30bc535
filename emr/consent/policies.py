"""Who records what a person agrees to, signs and asks. Read this file to audit access.

Each is about a record of the acting institution: another hospital's people find their own record of the person.
"""

from typing import Final

from django.db.models import Q

from consortium.choices import TREATING, Role
from emr.consent.models import Consent, Contract, PersonRequest
from emr.index.models import Patient
from kernel.actor import Actor
from kernel.policy import Grant, Policy


def kept_here(actor: Actor) -> Q:
    """Records of the actor's own institutions."""
    return Q(organisation__in=actor.organisations)


def signed_here(actor: Actor) -> Q:
    """What was signed or received at the actor's own institutions."""
    return Q(organisation__in=actor.organisations)


DESK: Final = (*TREATING, Role.RECEPTION, Role.MEDICAL_AFFAIRS)
FAMILY: Final = (Role.BRANCH_DOCTOR, Role.BRANCH_REVIEWER)
ANSWERING: Final = (Role.MEDICAL_AFFAIRS, Role.BRANCH_REVIEWER)
"""医务科; at a branch without one its reviewer."""

AGREEMENTS: Final = Policy(
    Patient,
    {
        "view": [Grant(role, kept_here) for role in DESK],
        "consent": [Grant(role, kept_here) for role in DESK],
        "contract": [Grant(role, kept_here) for role in FAMILY],
        "request": [Grant(role, kept_here) for role in DESK],
        "assign": [Grant(Role.MEDICAL_AFFAIRS, kept_here)],
    },
)
"""Over patient records: whose record it is decides who may write such things down for her."""

CONSENT: Final = Policy(
    Consent,
    {
        "view": [Grant(role, signed_here) for role in DESK],
        "change": [Grant(role, signed_here) for role in DESK],
    },
)
CONTRACT: Final = Policy(
    Contract,
    {
        "view": [Grant(role, signed_here) for role in FAMILY],
        "end": [Grant(role, signed_here) for role in FAMILY],
    },
)
REQUEST: Final = Policy(
    PersonRequest,
    {
        "view": [Grant(role, signed_here) for role in (*ANSWERING, Role.RECEPTION)],
        "answer": [Grant(role, signed_here) for role in ANSWERING],
        "export": [Grant(role, signed_here) for role in ANSWERING],
    },
)
