"""What the caller takes (PS3.18 §8.7): media type, multipart or not, transfer syntax."""

import re
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from imaging.engine import syntaxes
from imaging.engine.multipart import content_type
from imaging.rest.doors import NotAcceptable

OCTETS: Final = "application/octet-stream"
DICOM: Final = "application/dicom"
SPLIT: Final = re.compile(r',(?=(?:[^"]*"[^"]*")*[^"]*$)')


@dataclass(frozen=True, slots=True)
class Wish:
    """One entry of the Accept header. `kind` is the type of the parts; `syntax` "" when none is named."""

    kind: str
    multipart: bool
    syntax: str


@dataclass(frozen=True, slots=True)
class Form:
    """The form an answer takes. `decoded`: frames become explicit VR little endian."""

    kind: str
    multipart: bool
    syntax: str
    decoded: bool = False

    @property
    def part_type(self) -> str:
        return f"{self.kind}; transfer-syntax={self.syntax}"


def wishes(header: str) -> list[Wish]:
    """The Accept header in the caller's order; an empty one takes anything."""
    out = []
    for entry in SPLIT.split(header or "*/*"):
        kind, parameters = content_type(entry.strip())
        multipart = kind == "multipart/related"
        syntax = parameters.get("transfer-syntax", "")
        out.append(Wish(parameters.get("type", OCTETS).lower() if multipart else kind, multipart, syntax))
    return out


def frame_form(header: str, stored: str, *, decodes: bool) -> Form:
    """How frames stored in transfer syntax `stored` are sent. Raises NotAcceptable (406)."""
    media = syntaxes.MEDIA.get(stored, OCTETS)
    as_stored = stored in syntaxes.MEDIA
    for wish in wishes(header):
        multipart = wish.multipart or wish.kind == "*/*"
        takes_any = wish.kind in (OCTETS, "*/*", "application/*")
        if as_stored and wish.syntax in ("*", stored) and (takes_any or wish.kind == media):
            return Form(media if wish.kind != OCTETS else OCTETS, multipart, stored)
        if as_stored and not wish.syntax and wish.kind in (media, "image/*"):
            return Form(media, multipart, stored)
        if takes_any and wish.syntax in ("", "*", syntaxes.EXPLICIT_LE) and (decodes or not as_stored):
            return Form(OCTETS, multipart, syntaxes.EXPLICIT_LE, decoded=True)
        if wish.kind == "*/*" and as_stored:
            return Form(media, multipart, stored)
    words = {"syntax": stored, "media": media}
    raise NotAcceptable(_("stored as %(syntax)s (%(media)s); ask with transfer-syntax=*") % words)


def object_form(header: str, stored: str) -> Form:
    """How whole objects are sent: as they came. Raises NotAcceptable (406) when another syntax is demanded."""
    for wish in wishes(header):
        if wish.kind in (DICOM, "*/*", OCTETS, "application/*") and wish.syntax in ("", "*", stored):
            return Form(DICOM, wish.multipart or wish.kind == "*/*", stored)
    words = {"syntax": stored}
    raise NotAcceptable(_("objects are sent as they came (%(syntax)s); ask with transfer-syntax=*") % words)


def picture_type(header: str) -> str:
    """image/jpeg or image/png. Raises NotAcceptable (406)."""
    for wish in wishes(header):
        if wish.kind in ("image/jpeg", "*/*", "image/*"):
            return "image/jpeg"
        if wish.kind == "image/png":
            return "image/png"
    raise NotAcceptable(_("pictures are image/jpeg or image/png"))
