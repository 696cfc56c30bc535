"""Command sets of the DIMSE services this house answers (PS3.7 §9.3): C-ECHO and C-STORE."""

import struct
from dataclasses import dataclass
from typing import Final

from imaging.engine.pdu import ProtocolError

C_STORE_RQ, C_ECHO_RQ = 0x0001, 0x0030
RESPONSE: Final = 0x8000
NO_DATA_SET: Final = 0x0101

SUCCESS: Final = 0x0000
UNRECOGNISED: Final = 0x0211
NOT_AUTHORISED: Final = 0x0124
DUPLICATE: Final = 0x0111
OUT_OF_RESOURCES: Final = 0xA700
CLASS_MISMATCH: Final = 0xA900
CANNOT_UNDERSTAND: Final = 0xC000

SOP_CLASS: Final = 0x0008_0016
SOP_INSTANCE: Final = 0x0008_0018
PATIENT: Final = 0x0010_0020
STUDY: Final = 0x0020_000D
AFFECTED_CLASS: Final = 0x0000_0002
DATA_SET_TYPE: Final = 0x0000_0800
AFFECTED_INSTANCE: Final = 0x0000_1000

LONGEST_COMMENT: Final = 64
"""Characters of an ErrorComment (VR LO)."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a sender hears (PS3.7 §C): a status, for a refusal its ErrorComment and the tags that were at fault.

    The comment is read by whoever keeps the machine that sends: English, ASCII, never a word of a patient.
    """

    status: int
    comment: str = ""
    offending: tuple[int, ...] = ()


DONE: Final = Answer(SUCCESS)
NOT_ALLOWED: Final = Answer(NOT_AUTHORISED, "this AE title may test the connection only")
NOT_SERVED: Final = Answer(UNRECOGNISED, "only C-STORE and C-ECHO are served here")
NO_OBJECT: Final = Answer(CANNOT_UNDERSTAND, "C-STORE came without a data set", (DATA_SET_TYPE,))
OTHER_CLASS: Final = Answer(
    CLASS_MISMATCH, "SOP class is not that of its presentation context", (AFFECTED_CLASS,)
)
NO_UID: Final = Answer(CANNOT_UNDERSTAND, "SOP instance UID is no UID", (AFFECTED_INSTANCE,))
TOO_LARGE: Final = Answer(OUT_OF_RESOURCES, "object is larger than this archive takes")
NO_ROOM: Final = Answer(OUT_OF_RESOURCES, "no room left in this archive, send it again later")
NOT_NOW: Final = Answer(OUT_OF_RESOURCES, "cannot be stored now, send it again later")


class TooLarge(OSError):
    """An object longer than the door takes: sending it again does not help."""


@dataclass(frozen=True, slots=True)
class Command:
    """One request. UIDs are "" when absent."""

    field: int
    message_id: int
    sop_class: str
    sop_uid: str
    has_data: bool


def command(raw: bytes) -> Command:
    """Decode a command set (always implicit VR little endian). Raises ProtocolError."""
    values: dict[int, bytes] = {}
    position = 0
    while position + 8 <= len(raw):
        group, element, length = struct.unpack_from("<HHI", raw, position)
        end = position + 8 + length
        if group or end > len(raw):
            raise ProtocolError("a command element is malformed")
        values[element] = raw[position + 8 : end]
        position = end
    if not all(len(values.get(element, b"")) == 2 for element in (0x100, 0x110, 0x800)):
        raise ProtocolError("the command lacks its kind, number or data set type")
    return Command(
        field=_short(values[0x100]),
        message_id=_short(values[0x110]),
        sop_class=_text(values.get(0x0002, b"")),
        sop_uid=_text(values.get(0x1000, b"")),
        has_data=_short(values[0x800]) != NO_DATA_SET,
    )


def response(request: Command, answer: Answer) -> bytes:
    """The encoded answer to `request`, its elements in ascending order."""
    body = _uid(0x0002, request.sop_class)
    body += _value(0x0100, struct.pack("<H", request.field | RESPONSE))
    body += _value(0x0120, struct.pack("<H", request.message_id))
    body += _value(0x0800, struct.pack("<H", NO_DATA_SET))
    body += _value(0x0900, struct.pack("<H", answer.status))
    if answer.offending:
        tags = b"".join(struct.pack("<HH", tag >> 16, tag & 0xFFFF) for tag in answer.offending)
        body += _value(0x0901, tags)
    if answer.comment:
        body += _value(0x0902, _comment(answer.comment))
    if request.sop_uid:
        body += _uid(0x1000, request.sop_uid)
    return _value(0, struct.pack("<I", len(body))) + body


def _comment(text: str) -> bytes:
    """A value of VR LO: ASCII without backslash or control characters, of even length."""
    plain = "".join(one if " " <= one <= "~" and one != "\\" else "?" for one in text[:LONGEST_COMMENT])
    return (plain + " " * (len(plain) % 2)).encode()


def _short(raw: bytes) -> int:
    return int.from_bytes(raw, "little")


def _text(raw: bytes) -> str:
    return raw.decode("latin_1").strip(" \0")


def _uid(element: int, text: str) -> bytes:
    raw = text.encode("latin_1")
    return _value(element, raw + b"\0" * (len(raw) % 2))


def _value(element: int, raw: bytes) -> bytes:
    return struct.pack("<HHI", 0, element, len(raw)) + raw
