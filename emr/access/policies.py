"""Who may open records at all, who may judge a break-glass. Read this file to audit access.

Which record is open to whom is no matter of roles but of grounds: `selectors.visible` is that rule. The roles here
are its ceiling: a post outside RECORD_READERS reads no record, whatever ground exists; READS says which kinds of it.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Final
from uuid import UUID

from django.db.models import Q

from consortium.choices import API_CLIENT, APPLICATION_ENTITY, Role
from emr.access.models import BreakGlass, LabelRule, Opening
from kernel.actor import Actor, Kind
from kernel.policy import Grant, Policy, everything

RECORD_READERS: Final = frozenset(
    {
        Role.BRANCH_DOCTOR,
        Role.BRANCH_REVIEWER,
        Role.COORDINATOR,
        Role.SPECIALIST,
        Role.READER,
        Role.REVIEWING_READER,
        Role.TECHNOLOGIST,
        Role.BED_DESK,
        Role.RECEPTION,
        Role.MEDICAL_AFFAIRS,
        Role.INSURANCE_CLERK,
        Role.CASHIER,
        Role.WELFARE_OFFICER,
        API_CLIENT,
        APPLICATION_ENTITY,
    }
)
"""Posts that may open a record on a ground; the clearance of the post limits what they see in it, for posts that settle
and help also `READS`."""

_MONEY: Final = frozenset(
    {
        *("Patient", "Coverage", "Account", "ChargeItem", "Invoice", "Claim", "ClaimResponse"),
        *("PaymentNotice", "PaymentReconciliation"),
    }
)
READS: Final[Mapping[str, frozenset[str]]] = {
    Role.CASHIER: _MONEY,
    Role.INSURANCE_CLERK: _MONEY | {"Condition"},
    Role.WELFARE_OFFICER: frozenset({"Patient", "Coverage"}),
}
"""Kinds of an open record that posts read which neither treat nor report: what their work needs, no more
(个人信息保护法 art. 6; docs/protection.md). Who she is, what it costs and who pays; for the settlement list the coded
diagnoses. No note, measurement, report, picture or paper. A post that is not named reads every kind."""

BREAK_GLASS_ROLES: Final = (Role.BRANCH_DOCTOR, Role.BRANCH_REVIEWER, Role.SPECIALIST, Role.READER)
"""Posts that may break the glass: they treat or report."""


RECORD: Final = Policy(Opening, {"read": [Grant(role, everything) for role in sorted(RECORD_READERS)]})
"""The ceiling of reading as a table: shown with the roles, and what a narrowing takes reading away from."""


def reads_records(actor: Actor) -> bool:
    """Whether the acting post may open records at all, and no narrowing has taken that from it."""
    if actor.kind is Kind.SYSTEM:
        return True
    return not RECORD_READERS.isdisjoint(actor.roles) and not (actor.taken and RECORD.takes(actor, "read"))


def kinds_read(actor: Actor) -> frozenset[str] | None:
    """The FHIR kinds the acting post reads in a record that is open to it; None for all of them."""
    posts = RECORD_READERS & actor.roles
    if actor.kind is Kind.SYSTEM or not posts <= READS.keys():
        return None
    return frozenset().union(*(READS[post] for post in posts))


def own(actor: Actor) -> Q:
    """What one opened oneself."""
    return Q(opened_by=actor.id)


def judged_here(actor: Actor) -> Q:
    """Openings whose review is the acting institution's: its own people's, and of those below without a 医务科."""
    return Q(review_place__in=actor.organisations)


BREAK_GLASS: Final = Policy(
    BreakGlass,
    {
        "open": [Grant(role, own) for role in BREAK_GLASS_ROLES],
        "view": [Grant(Role.MEDICAL_AFFAIRS, judged_here)],
        "judge": [Grant(Role.MEDICAL_AFFAIRS, judged_here)],
        "oversee": [Grant(Role.SECURITY_MANAGER, everything)],
    },
)
"""`oversee` shows who, when, why and the verdict; whose record it was stays hidden."""

LABEL_RULE: Final = Policy(
    LabelRule,
    {
        "view": [Grant(Role.SECURITY_MANAGER, everything)],
        "propose": [Grant(Role.SECURITY_MANAGER, everything)],
        "load": [Grant("system", everything)],
    },
)
"""The table changes when a second security manager agrees (`consortium.services.approve`)."""


def places(actor: Actor) -> str:
    """The organisations whose rows are the actor's own, as PostgreSQL writes a `uuid[]`.

    Remembered, because a county's client names dozens of them several times in every statement.
    """
    return _as_array(actor.organisations)


@lru_cache(maxsize=2048)
def _as_array(organisations: frozenset[UUID]) -> str:
    return "{" + ",".join(sorted(map(str, organisations))) + "}"
