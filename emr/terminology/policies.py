"""Who may load code systems. Everybody signed in may search them: they are public knowledge (label 1)."""

from typing import Final

from consortium.choices import Role
from emr.terminology.models import Concept
from kernel.policy import Grant, Policy, everything

CONCEPT: Final = Policy(
    Concept,
    {"load": [Grant("system", everything), Grant(Role.SYSTEM_MANAGER, everything)]},
)
