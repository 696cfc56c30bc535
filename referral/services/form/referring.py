"""The form as one press sends it: written and sent, or neither."""

from typing import Any, Literal
from uuid import UUID

from django.db import transaction

from kernel import idempotency
from kernel.actor import Actor
from referral.choices import Status
from referral.models import Referral
from referral.policies import REFERRAL
from referral.services.form.drafting import draft, edit
from referral.services.form.second import must_be_signed
from referral.services.form.sending import submit, submit_for_review
from referral.services.form.sketching import drop_sketch

How = Literal["keep", "send", "review"]
"""Kept as a draft, sent to the other institution, or put before a colleague for the second signature.

`send` goes before the colleague by itself where the institution wants that: the author presses one button."""


@transaction.atomic
def refer(
    *, by: Actor, key: str, how: How, patient_id: UUID, encounter_id: str = "", **form: Any
) -> Referral:
    """Write a new form and do with it `how`, in one piece: what cannot be sent leaves no draft behind.

    `form` as `drafting.draft` takes it; what was typed so far (`sketching`) is dropped. Raises as `draft`, `submit`
    and `submit_for_review` do.
    """
    referral = draft(by=by, key=key, patient_id=patient_id, encounter_id=encounter_id, **form)
    if referral.status != Status.DRAFT or referral.version > 1:
        return referral  # carried out before under the same key, and has gone on since
    drop_sketch(by=by, patient_id=patient_id)
    return _onward(by, referral, how, key)


@transaction.atomic
def refer_draft(*, by: Actor, key: str, how: How, referral_id: UUID, version: int, **form: Any) -> Referral:
    """Change a draft and do with it `how`, in one piece. Raises as `edit`, `submit` and `submit_for_review` do."""
    if idempotency.first(by=by, verb="referral.refer_draft", key=key, subject=referral_id):
        return REFERRAL.fetch(by, "view", referral_id)
    referral = edit(by=by, referral_id=referral_id, version=version, **form)
    drop_sketch(by=by, patient_id=referral.patient_id, referral_id=referral_id)
    return _onward(by, referral, how, key)


def _onward(by: Actor, referral: Referral, how: How, key: str) -> Referral:
    if how == "keep":
        return referral
    verb = submit_for_review if how == "review" or must_be_signed(by, referral) else submit
    return verb(by=by, referral_id=referral.pk, version=referral.version, key=key)
