"""Whether a form needs a second signature, and what an institution has set about it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from consortium import selectors as consortium
from kernel.actor import Actor
from referral.choices import SecondSignature
from referral.models import SigningRule
from referral.policies import SIGNING_RULE


def may_set(*, by: Actor) -> None:
    """Raise Refused (403) for a post that does not set it."""
    SIGNING_RULE.ask(by, "set")


@dataclass(frozen=True, slots=True)
class Rule:
    """Whose forms are signed by a second person; `version` 0 while nothing was set."""

    wanted: SecondSignature
    version: int = 0
    set_by: str = ""
    set_at: datetime | None = None


def second_signature(organisation: UUID) -> Rule:
    """What counts at an institution now; one statement."""
    rows = SigningRule.objects.filter(organisation=organisation).select_related("set_by")
    row = rows.order_by("-version").first()
    if row is None:
        return Rule(SecondSignature.FREE)
    return Rule(SecondSignature(row.wanted), row.version, row.set_by.name, row.set_at)


def wanted_of(by: Actor, organisation: UUID) -> bool:
    """Whether this author's forms wait there for a colleague's signature; an emergency never does."""
    wanted = second_signature(organisation).wanted
    if wanted == SecondSignature.JUNIOR:
        return not consortium.may_review(by)
    return wanted == SecondSignature.ALL
