"""A person's own program acts as she does: a bearer token that is worth as much as her session at the portal."""

from typing import Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from consortium.services.machines.clients import Token
from kernel import audit, crypto
from kernel.actor import Actor
from kernel.errors import Refused

LENT: Final = "staff-bearer"
"""Purpose of the token: no other token opens this door, and this one opens no other."""
LENT_SECONDS: Final = 3600
PREFIX: Final = "me."
"""What tells a person's token from a client's."""


@transaction.atomic
def lend_token(*, by: Actor) -> Token:
    """A token for the person who sits here. It ends with her session, is locked with it, and acts in its post."""
    if not by.session or not by.post:
        raise Refused(_("This is only possible in the portal."), code="no_session")
    audit.record(by=by, action="consortium.token_lent", detail={"seconds": LENT_SECONDS})
    return Token(PREFIX + crypto.token(LENT, {"s": by.session}, LENT_SECONDS), LENT_SECONDS, "")
