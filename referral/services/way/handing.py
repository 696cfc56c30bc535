"""The hand-over sheet: what goes with the patient, for who receives her."""

from typing import Final

from django.utils.translation import gettext as _

from kernel import clock
from kernel.actor import Actor
from kernel.errors import Invalid
from referral.models import Handover, Referral

LIMITS: Final = {"vehicle": 60, "escort": 100, "condition": 300, "running": 300, "watch": 300}
"""Characters of each."""


def hand_over(by: Actor, referral: Referral, **said: str) -> None:
    """Keep what was said of vehicle, escort, condition, what runs, what to watch; nothing when nothing was said.

    Raises Invalid (422) at the field that is too long.
    """
    words = {name: said.get(name, "").strip() for name in LIMITS}
    names = {"vehicle": "transport"}
    wrong = {
        names.get(name, name): _("At most %(n)d characters.") % {"n": most}
        for name, most in LIMITS.items()
        if len(words[name]) > most
    }
    if wrong:
        raise Invalid(fields=wrong)
    if any(words.values()):
        Handover.objects.update_or_create(
            referral=referral, defaults={**words, "written_at": clock.now(), "written_by_id": by.person}
        )
