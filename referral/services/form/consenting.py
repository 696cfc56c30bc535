"""On whose word a leg goes out: who agreed, how, and the name drawn on the screen."""

from base64 import b64decode
from binascii import Error as NoBase64
from collections.abc import Mapping
from io import BytesIO
from typing import Final

from django.utils.translation import gettext_lazy as _

from kernel import files
from kernel.actor import Actor
from kernel.errors import Invalid, Text
from referral.choices import ConsentBasis, ConsentWay, Priority
from referral.models import Referral

DRAWN: Final = "data:image/png;base64,"
"""How a canvas hands over what was drawn on it."""
PNG: Final = b"\x89PNG\r\n\x1a\n"
AT_MOST: Final = 64 * 1024
"""Bytes of a drawn name; one of a screen's width takes five thousand."""


def take_consent(by: Actor, referral: Referral, ink: str) -> None:
    """Keep the name drawn on the screen as a file; who does not sign on the screen leaves no picture.

    `ink` is a PNG as a data address, "" when nothing new was drawn. Raises Invalid (422) for anything else.
    """
    if referral.consent != ConsentBasis.RELATIVE:
        referral.signer, referral.relation = "", ""
    if referral.consent == ConsentBasis.EMERGENCY:
        referral.consent_way = ""
    if referral.consent_way != ConsentWay.SCREEN:
        referral.ink_id = None
    elif ink:
        picture = BytesIO(_picture(ink))
        kept = files.ingest(
            by=by, stream=picture, name="consent.png", content_type="image/png", limit=AT_MOST
        )
        referral.ink_id = kept.pk


def _picture(ink: str) -> bytes:
    try:
        picture = b64decode(ink.removeprefix(DRAWN), validate=True)
    except (NoBase64, ValueError):
        picture = b""
    if not ink.startswith(DRAWN) or not picture.startswith(PNG) or len(picture) > AT_MOST:
        raise Invalid(fields={"ink": _("The drawn name could not be read. Please sign once more.")})
    return picture


def wrong_with_consent(referral: Referral) -> Mapping[str, Text]:
    """What is missing for the leg to go out on somebody's word, by field."""
    if referral.consent not in ConsentBasis.values:
        return {"consent": _("Say on what the referral rests: the patient's consent, or the emergency.")}
    if referral.consent == ConsentBasis.EMERGENCY:
        only = _("Only an emergency goes without consent.")
        return {} if referral.priority == Priority.EMERGENCY else {"consent": only}
    wrong: dict[str, Text] = {}
    if referral.consent_way == ConsentWay.SCREEN and referral.ink_id is None:
        wrong["ink"] = _("Let the name be drawn on the screen, or choose paper.")
    if referral.consent == ConsentBasis.RELATIVE and referral.consent_way:
        if not referral.signer:
            wrong["signer"] = _("Write the relative's name.")
        if not referral.relation:
            wrong["relation"] = _("Say what the relative is to the patient.")
    return wrong
