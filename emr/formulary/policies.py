"""Who may see and keep a drug list. Read this file to audit access."""

from typing import Final

from django.db.models import Q

from consortium.choices import Role
from emr.formulary.models import StockedDrug
from kernel.actor import Actor
from kernel.policy import Grant, Policy, everything


def own(actor: Actor) -> Q:
    """The list of the actor's own institutions."""
    return Q(organisation__in=actor.organisations)


KEEPERS: Final = (Role.BRANCH_DOCTOR, Role.BRANCH_REVIEWER)
DRUG: Final = Policy(
    StockedDrug,
    {
        "view": [Grant(role, own) for role in KEEPERS],
        "keep": [*[Grant(role, own) for role in KEEPERS], Grant("system", everything)],
    },
)
