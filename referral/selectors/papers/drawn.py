"""The name that was drawn on the screen when somebody agreed to the referral."""

from uuid import UUID

from kernel import files
from kernel.actor import Actor
from kernel.errors import OutOfReach
from referral.policies import REFERRAL


def drawn_name(*, by: Actor, referral_id: UUID) -> bytes:
    """A PNG. 404 for a third hospital, and where nobody signed on the screen."""
    referral = REFERRAL.fetch(by, "view", referral_id)
    if referral.ink_id is None:
        raise OutOfReach(detail={"model": "referral.referral", "pk": str(referral_id)})
    return files.read_verified(referral.ink_id)
