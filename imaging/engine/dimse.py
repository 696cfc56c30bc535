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
DUPLICATE: Final = 0x0111
OUT_OF_RESOURCES: Final = 0xA700
CLASS_MISMATCH: Final = 0xA900
CANNOT_UNDERSTAND: Final = 0xC000


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


def response(request: Command, status: int) -> bytes:
    """The encoded answer to `request`."""
    body = _uid(0x0002, request.sop_class)
    body += _value(0x0100, struct.pack("<H", request.field | RESPONSE))
    body += _value(0x0120, struct.pack("<H", request.message_id))
    body += _value(0x0800, struct.pack("<H", NO_DATA_SET))
    body += _value(0x0900, struct.pack("<H", status))
    if request.sop_uid:
        body += _uid(0x1000, request.sop_uid)
    return _value(0, struct.pack("<I", len(body))) + body


def _short(raw: bytes) -> int:
    return int.from_bytes(raw, "little")


def _text(raw: bytes) -> str:
    return raw.decode("latin_1").strip(" \0")


def _uid(element: int, text: str) -> bytes:
    raw = text.encode("latin_1")
    return _value(element, raw + b"\0" * (len(raw) % 2))


def _value(element: int, raw: bytes) -> bytes:
    return struct.pack("<HHI", 0, element, len(raw)) + raw
