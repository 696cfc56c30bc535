"""The hand-over sheet: what goes with the patient, for who receives her."""

from typing import Final

from django.utils.translation import gettext as _

from kernel import clock
from kernel.actor import Actor
from kernel.errors import Invalid
from referral.models import Handover, Referral

WORDS: Final = ("vehicle", "escort", "condition", "running", "watch")


def hand_over(by: Actor, referral: Referral, **said: str) -> None:
    """Keep what was said of vehicle, escort, condition, what runs, what to watch; nothing when nothing was said.

    Raises Invalid (422) at the field that is too long.
    """
    words = {name: said.get(name, "").strip() for name in WORDS}
    limits = {name: Handover._meta.get_field(name).max_length or 0 for name in WORDS}
    names = {"vehicle": "transport"}
    wrong = {
        names.get(name, name): _("At most %(n)d characters.") % {"n": limits[name]}
        for name in WORDS
        if len(words[name]) > limits[name]
    }
    if wrong:
        raise Invalid(fields=wrong)
    if any(words.values()):
        Handover.objects.update_or_create(
            referral=referral, defaults={**words, "written_at": clock.now(), "written_by_id": by.person}
        )
