"""How patient, family and doctor are reached while a leg runs: sealed as it is written, shown by an order."""

import re
from collections.abc import Mapping
from typing import Final
from uuid import UUID

import orjson
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kernel import audit, crypto
from kernel.actor import Actor
from kernel.errors import Invalid, Text
from referral.choices import Kinship
from referral.models import Reach, Referral
from referral.policies import REFERRAL
from referral.selectors.form.reaching import SEALED_AS, Reached, reached

MOST: Final[Mapping[str, int]] = {
    "phone": 20, "address": 120, "contact": 40, "kinship": 10, "contact_phone": 20, "doctor_phone": 20,
}  # fmt: skip
"""What may be said, and characters of each."""
NUMBERS: Final = ("phone", "contact_phone", "doctor_phone")
_NUMBER: Final = re.compile(r"^\+?[\d -]{5,19}$")


def keep_reach(referral: Referral, said: Mapping[str, str]) -> None:
    """Keep what the form says about reaching people; nothing said leaves no row. The caller's transaction and record.

    Raises Invalid (422) at the field for a number that is none, or somebody of the family without a number.
    """
    if unknown := set(said) - set(MOST):
        raise TypeError(f"unknown reach: {sorted(unknown)}")
    words = {name: value.strip()[: MOST[name]] for name, value in said.items() if value.strip()}
    if wrong := _wrong(words):
        raise Invalid(fields=wrong)
    if not words:
        Reach.objects.filter(referral=referral).delete()
        return
    row = Reach.objects.filter(referral=referral).first() or Reach(referral=referral)
    row.sealed = crypto.seal_bytes(SEALED_AS, row.pk, orjson.dumps(words))
    row.save()


def _wrong(words: Mapping[str, str]) -> dict[str, Text]:
    wrong: dict[str, Text] = {
        name: _("A telephone number has digits, at most a + before and spaces or - between.")
        for name in NUMBERS
        if name in words and not _NUMBER.match(words[name])
    }
    if "contact" in words and "contact_phone" not in words:
        wrong["contact_phone"] = _("Write the number this person answers.")
    if words.get("kinship", Kinship.OTHER) not in Kinship.values:
        wrong["kinship"] = _("Choose one of the list.")
    return wrong


def copy_reach(referral: Referral, leg: Referral) -> None:
    """The next leg of the same patient is reached in the same way."""
    keep_reach(leg, reached(referral).words)


@transaction.atomic
def show_reach(*, by: Actor, referral_id: UUID) -> Reached:
    """The numbers in clear, for who may see the leg; that they were shown is recorded."""
    referral = REFERRAL.fetch(by, "view", referral_id)
    audit.record(by=by, action="referral.reach_shown", subject=referral, patient=referral.patient_id)
    return reached(referral)
