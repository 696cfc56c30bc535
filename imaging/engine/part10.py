"""The DICOM file format (PS3.10): preamble, file meta information, then the data set as it came."""

import struct
from typing import Final, NamedTuple

from imaging.engine.elements import Buffer, Unreadable, Walker

IMPLEMENTATION_UID: Final = "2.25.302715470419366372390436410283145928703"
IMPLEMENTATION_NAME: Final = "LIANYI_1"


class Meta(NamedTuple):
    """File meta information and where the data set begins."""

    sop_class: str
    sop_uid: str
    transfer_syntax: str
    offset: int


def head(*, sop_class: str, sop_uid: str, transfer_syntax: str, source: str) -> bytes:
    """Preamble and file meta for a data set received over an association from AE `source`."""
    elements = b"".join(
        (
            _element(1, b"OB", b"\x00\x01"),
            _element(2, b"UI", _uid(sop_class)),
            _element(3, b"UI", _uid(sop_uid)),
            _element(0x10, b"UI", _uid(transfer_syntax)),
            _element(0x12, b"UI", _uid(IMPLEMENTATION_UID)),
            _element(0x13, b"SH", _even(IMPLEMENTATION_NAME)),
            _element(0x16, b"AE", _even(source)),
        )
    )
    return b"\0" * 128 + b"DICM" + _element(0, b"UL", struct.pack("<I", len(elements))) + elements


def meta(buffer: Buffer) -> Meta:
    """File meta information of a DICOM file. Raises Unreadable when it is none."""
    if len(buffer) < 140 or buffer[128:132] != b"DICM":
        raise Unreadable("no DICOM file: the mark DICM is missing")
    walker = Walker(buffer)
    values: dict[int, str] = {}
    position = 132
    try:
        while position + 8 <= len(buffer):
            if buffer[position : position + 2] != b"\x02\x00":
                break
            tag, _vr, length, value = walker.header(position)
            if value + length > len(buffer):
                raise Unreadable("the file ends inside its meta information")
            values[tag] = buffer[value : value + length].rstrip(b"\0 ").decode("latin_1")
            position = value + length
    except struct.error as error:
        raise Unreadable("the file ends inside its meta information") from error
    if 0x00020010 not in values:
        raise Unreadable("the transfer syntax is missing")
    return Meta(values.get(0x00020002, ""), values.get(0x00020003, ""), values[0x00020010], position)


def _element(number: int, vr: bytes, value: bytes) -> bytes:
    if vr == b"OB":
        return struct.pack("<HH2sHI", 2, number, vr, 0, len(value)) + value
    return struct.pack("<HH2sH", 2, number, vr, len(value)) + value


def _uid(text: str) -> bytes:
    raw = text.encode("ascii")
    return raw + b"\0" * (len(raw) % 2)


def _even(text: str) -> bytes:
    raw = text.encode("ascii", "replace")
    return raw + b" " * (len(raw) % 2)
