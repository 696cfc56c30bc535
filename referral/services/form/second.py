"""The second signature of a form (院内审核): an institution sets whose forms need one, and such a form waits for it."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from consortium import selectors as consortium
from consortium.choices import Role
from kernel import audit, clock
from kernel.actor import Actor, Kind
from kernel.database.clashes import told_as
from kernel.errors import Conflict, Invalid, OutOfReach
from referral.choices import Priority, SecondSignature
from referral.models import Referral, SigningRule
from referral.policies import SIGNING_RULE
from referral.selectors.house.second import second_signature, wanted_of


@transaction.atomic
def set_second_signature(
    *, by: Actor, organisation_id: UUID, wanted: str, version: int | None = None
) -> SecondSignature:
    """Set whose forms of an institution a colleague signs first. A form that waits already is not touched.

    Raises OutOfReach (404) for another institution, Invalid (422) where nobody there could sign as second, Conflict
    (409) when somebody changed it since `version` was seen.
    """
    SIGNING_RULE.ask(by, "set")
    if organisation_id not in by.organisations:
        raise OutOfReach(detail={"model": "consortium.organisation", "pk": str(organisation_id)})
    if wanted not in SecondSignature.values:
        raise Invalid(fields={"wanted": _("Choose one of the three.")})
    rule = second_signature(organisation_id)
    if version is not None and version != rule.version:
        raise Conflict(code="version_conflict")
    if wanted == rule.wanted:
        return rule.wanted
    nobody = not consortium.colleagues(Role.BRANCH_REVIEWER, organisation_id)
    if wanted != SecondSignature.FREE and nobody:
        raise Invalid(fields={"wanted": _("Nobody here holds the post that signs as second: fill it first.")})
    row = _next(by, organisation_id, SecondSignature(wanted), rule.version + 1)
    told: dict[str, str | int | bool] = {
        "organisation": str(organisation_id), "before": rule.wanted.value, "after": wanted,
    }  # fmt: skip
    audit.record(by=by, action="referral.second_signature_set", subject=row, detail=told)
    return SecondSignature(row.wanted)


def _next(by: Actor, organisation_id: UUID, wanted: SecondSignature, version: int) -> SigningRule:
    with told_as(Conflict(code="version_conflict"), "signing_rule_one_per_version"):
        return SigningRule.objects.create(
            organisation_id=organisation_id, version=version, wanted=wanted,
            set_by_id=by.person, set_at=clock.now(),
        )  # fmt: skip


def must_be_signed(by: Actor, referral: Referral) -> bool:
    """Whether this form waits for a colleague's signature before it goes out; an emergency never does."""
    if by.kind is not Kind.STAFF or referral.priority == Priority.EMERGENCY:
        return False
    return wanted_of(by, referral.source_id)


def ask_signed(by: Actor, referral: Referral) -> None:
    """Raise Conflict (409) where the author's institution wants a second signature before this form goes out."""
    if must_be_signed(by, referral):
        raise Conflict(
            _("Your institution wants a second signature on this form: send it to the second signature."),
            code="second_signature",
        )
