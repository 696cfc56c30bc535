"""The monthly register taken out of the house: with a purpose, a fresh proof and a trace."""

from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from consortium import selectors as consortium
from kernel import audit, exports
from kernel.actor import Actor
from kernel.errors import Invalid
from kernel.sheets.shapes import Ledger
from referral import selectors
from referral.policies import REFERRAL
from referral.selectors.papers.ledger import WIDTHS, Register, Wanted

FORMS: Final = ("pdf", "xlsx")
MOST: Final = 3000
"""Lines of one file: more are taken out side by side."""


@transaction.atomic
def export_register(*, by: Actor, wanted: Wanted, purpose: str, form: str) -> Ledger:
    """The register of a month with names, ID numbers masked; the taking out stands in the audit record first.

    Raises Refused (403) for who keeps no register, StepUpNeeded when the last proof is too old, Invalid (422) without
    a purpose, for an unknown form, or for more lines than one file holds.
    """
    REFERRAL.ask(by, "ledger")
    if form not in FORMS:
        raise Invalid(fields={"form": _("Choose a form.")}, code="unknown_form")
    told = selectors.register(by=by, wanted=wanted, limit=MOST)
    if told.number > MOST:
        raise Invalid(fields={"form": _("At most %(n)d lines: take one side out at a time.") % {"n": MOST}})
    detail: dict[str, str | int | bool] = {
        "form": form, "month": str(wanted.month), "place": str(wanted.place), "lines": told.number,
        "side": wanted.side, "direction": wanted.direction,
    }  # fmt: skip
    own = consortium.organisation_name(by.organisation)
    stamp = exports.begin(by=by, what="register", purpose=purpose, place=own, detail=detail)
    audit.record(by=by, action="referral.register_exported", detail={**detail, "purpose": purpose})
    return Ledger(
        title=told.title,
        under=f"{told.place}　{told.summary}",
        head=told.head,
        widths=WIDTHS,
        rows=[entry.cells for entry in told.entries],
        foot=str(stamp),
        notes=notes(told),
    )


def notes(told: Register) -> list[str]:
    """What is to be known about the lines."""
    found = [_("ID numbers are masked; the whole number stands on the form itself.")]
    if told.withheld:
        found.append(_("%(n)d more are specially protected: counted here, not named.") % {"n": told.withheld})
    return found
