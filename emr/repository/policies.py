"""Who may do what through /fhir/. Read this file to audit access.

The rule has two halves. Here: which interaction with which kind a bearer's scopes or a post allow at all (403
without). In `emr.access.selectors.visible`: which rows (404 without). Workflows write through `publish` under the
policy of their own room. Beyond both, a client writes only rows of its own institution, and none that a workflow
keeps (409).
"""

import re
from functools import lru_cache
from typing import Final

from consortium.choices import API_CLIENT, Role
from emr.repository.choices import Interaction
from kernel.actor import Actor, Kind
from kernel.errors import Refused

# A SMART scope, `system/Observation.read` or `system/*.cruds`: kinds, then what each word or letter allows.
SCOPE: Final = re.compile(r"^(?:system|user)/(?P<kind>\*|[A-Z][A-Za-z]+)\.(?P<what>\*|read|write|[cruds]+)$")

SCOPE_ALLOWS: Final = {
    "*": frozenset(Interaction),
    "read": frozenset({Interaction.READ, Interaction.SEARCH}),
    "write": frozenset({Interaction.CREATE, Interaction.UPDATE, Interaction.DELETE}),
    "c": frozenset({Interaction.CREATE}),
    "r": frozenset({Interaction.READ}),
    "u": frozenset({Interaction.UPDATE}),
    "d": frozenset({Interaction.DELETE}),
    "s": frozenset({Interaction.SEARCH}),
}

STAFF_READ: Final = frozenset(
    {
        Role.BRANCH_DOCTOR,
        Role.BRANCH_REVIEWER,
        Role.COORDINATOR,
        Role.SPECIALIST,
        Role.READER,
        Role.REVIEWING_READER,
        Role.MEDICAL_AFFAIRS,
    }
)
"""Posts that may read FHIR themselves. No post writes through /fhir/: people work in the portal."""

STAFF_ALLOWS: Final = frozenset({Interaction.READ, Interaction.SEARCH})


def _scope_allows(scope: str, interaction: Interaction, kind: str) -> bool:
    found = SCOPE.match(scope)
    if found is None or found["kind"] not in {"*", kind}:
        return False
    what = found["what"]
    words = (what,) if what in SCOPE_ALLOWS else tuple(what)
    return any(interaction in SCOPE_ALLOWS[word] for word in words)


@lru_cache(maxsize=4096)
def allows(roles: frozenset[str], interaction: Interaction, kind: str) -> bool:
    """Whether somebody of these roles and scopes may `interaction` with `kind` somewhere."""
    if API_CLIENT in roles:
        return any(_scope_allows(scope, interaction, kind) for scope in roles)
    return interaction in STAFF_ALLOWS and not STAFF_READ.isdisjoint(roles)


def may(actor: Actor, interaction: Interaction, kind: str) -> bool:
    """Whether the actor's scopes or post allow the interaction; the house itself may."""
    return actor.kind is Kind.SYSTEM or allows(actor.roles, interaction, kind)


def ask(actor: Actor, interaction: Interaction, kind: str) -> None:
    """Raise Refused (403) unless the actor's scopes or post allow the interaction."""
    if not may(actor, interaction, kind):
        raise Refused(
            code="scope",
            detail={"action": f"repository.{interaction}", "model": "emr.resource", "kind": kind},
        )
