"""Who writes into the chart, and who uses a one-use chart link. Read this file to audit access.

Reading is decided by `emr.access`, not here.
"""

from typing import Final

from django.db.models import Q

from consortium.choices import TREATING
from emr.index.models import Patient
from kernel.actor import Actor
from kernel.policy import Grant, Policy, everything


def own(actor: Actor) -> Q:
    """Records of the actor's own institutions: one writes in one's own hospital's record."""
    return Q(organisation__in=actor.organisations)


CHART: Final = Policy(
    Patient,
    {
        "write": [Grant(role, own) for role in TREATING] + [Grant("system", everything)],
        "launch": [Grant(role, everything) for role in TREATING],
    },
)
