"""One walk over a data set: values as the DICOM JSON model, without building objects (PS3.5 §7, PS3.18 F)."""

import base64
import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from mmap import mmap
from typing import Any, Final

from imaging.engine import charset

Buffer = bytes | mmap
Json = dict[str, Any]

UNDEFINED: Final = 0xFFFFFFFF
PIXEL_DATA: Final = (0x7FE00008, 0x7FE00009, 0x7FE00010)
LONG: Final = frozenset(
    (b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"SV", b"UC", b"UN", b"UR", b"UT", b"UV")
)
ENCODED: Final = frozenset(("LO", "LT", "PN", "SH", "ST", "UC", "UT"))
WHOLE: Final = frozenset(("LT", "ST", "UT", "UR"))
NUMBERS: Final = {"US": "H", "SS": "h", "UL": "I", "SL": "i", "FL": "f", "FD": "d", "UV": "Q", "SV": "q"}
BINARY: Final = frozenset(("OB", "OD", "OF", "OL", "OV", "OW", "UN"))
INLINE_LIMIT: Final = 1024
MAX_DEPTH: Final = 16
MAX_ELEMENTS: Final = 200_000


class Unreadable(ValueError):
    """The bytes are not the DICOM they claim to be. The text says where they stop making sense."""


@dataclass(slots=True)
class Found:
    """What a walk leaves: the JSON of all elements before the pixels, and where the pixels lie."""

    json: Json = field(default_factory=dict)
    pixel_offset: int | None = None
    pixel_length: int = 0
    end: int = 0


class Walker:
    """Walks one buffer in one encoding. Offsets are positions in the buffer."""

    def __init__(
        self,
        buffer: Buffer,
        *,
        implicit: bool = False,
        big: bool = False,
        vr_of: Callable[[int], str] = lambda tag: "UN",
    ) -> None:
        order = ">" if big else "<"
        self.buffer, self.size = buffer, len(buffer)
        self.implicit, self.order, self.vr_of = implicit, order, vr_of
        self.tag_at = struct.Struct(order + "HH").unpack_from
        self.short_at = struct.Struct(order + "H").unpack_from
        self.long_at = struct.Struct(order + "I").unpack_from
        self.charsets: Sequence[str] = ()
        self.count = 0

    def walk(self, start: int) -> Found:
        """The top level, up to the pixel data or the end. Raises Unreadable."""
        found = Found()
        position = start
        try:
            while position + 8 <= self.size:
                tag, vr, length, value = self.header(position)
                if tag in PIXEL_DATA:
                    found.pixel_offset, found.pixel_length = value, length
                    break
                position = self.element(found.json, tag, vr, length, value, 0)
        except struct.error as error:
            raise Unreadable(f"ends inside an element at byte {position}") from error
        found.end = position
        return found

    def header(self, position: int) -> tuple[int, str, int, int]:
        """(tag, VR, length, position of the value) of the element at `position`."""
        group, element = self.tag_at(self.buffer, position)
        tag = group << 16 | element
        if self.implicit or group == 0xFFFE:
            return tag, self.vr_of(tag), self.long_at(self.buffer, position + 4)[0], position + 8
        code = self.buffer[position + 4 : position + 6]
        if code in LONG:
            return tag, code.decode("ascii"), self.long_at(self.buffer, position + 8)[0], position + 12
        if not (code.isalpha() and code.isupper()):
            raise Unreadable(f"no value representation at byte {position}")
        return tag, code.decode("ascii"), self.short_at(self.buffer, position + 6)[0], position + 8

    def element(self, into: Json, tag: int, vr: str, length: int, value: int, depth: int) -> int:
        """Put one element into `into`; the position after it."""
        self.count += 1
        if self.count > MAX_ELEMENTS:
            raise Unreadable("too many elements")
        if vr == "SQ" or (length == UNDEFINED and vr == "UN"):
            return self.sequence(into, tag, length, value, depth)
        end = value + length
        if length == UNDEFINED or end > self.size:
            raise Unreadable(f"element {tag:08X} ends outside the file")
        if tag & 0xFFFF:
            into[f"{tag:08X}"] = self.json(tag, vr, value, end)
        return end

    def sequence(self, into: Json, tag: int, length: int, position: int, depth: int) -> int:
        """A sequence and all its items; the position after it."""
        if depth >= MAX_DEPTH:
            raise Unreadable("sequences nest too deep")
        end = self.size if length == UNDEFINED else position + length
        if end > self.size:
            raise Unreadable(f"sequence {tag:08X} ends outside the file")
        items: list[Json] = []
        while position + 8 <= end:
            marker, _vr, size, position = self.header(position)
            if marker == 0xFFFEE0DD:
                break
            if marker != 0xFFFEE000:
                raise Unreadable(f"no item in sequence {tag:08X} at byte {position}")
            item, position = self.item(size, position, depth + 1)
            items.append(item)
        else:
            if length == UNDEFINED:
                raise Unreadable(f"sequence {tag:08X} does not end")
        into[f"{tag:08X}"] = {"vr": "SQ", "Value": items} if items else {"vr": "SQ"}
        return position

    def item(self, length: int, position: int, depth: int) -> tuple[Json, int]:
        end = self.size if length == UNDEFINED else position + length
        if end > self.size:
            raise Unreadable("an item ends outside the file")
        item: Json = {}
        kept = self.charsets
        while position < end:
            tag, vr, size, value = self.header(position)
            if tag == 0xFFFEE00D:
                position = value
                break
            position = self.element(item, tag, vr, size, value, depth)
        self.charsets = kept
        return item, position

    def json(self, tag: int, vr: str, start: int, end: int) -> Json:
        """One value in the DICOM JSON model; binary beyond 1 KiB as `bytes=<from>-<length>` of the file."""
        if start == end:
            return {"vr": vr}
        if vr in BINARY:
            if end - start > INLINE_LIMIT:
                return {"vr": vr, "BulkDataURI": f"{start}-{end - start}"}
            return {"vr": vr, "InlineBinary": base64.b64encode(self.buffer[start:end]).decode("ascii")}
        if vr in NUMBERS or vr == "AT":
            values = self.numbers(vr, start, end)
        else:
            values = self.texts(tag, vr, self.buffer[start:end])
        return {"vr": vr, "Value": values} if values else {"vr": vr}

    def numbers(self, vr: str, start: int, end: int) -> list[Any]:
        if vr == "AT":
            pairs = struct.unpack(f"{self.order}{(end - start) // 2}H", self.buffer[start:end])
            return [
                f"{group:04X}{element:04X}" for group, element in zip(pairs[::2], pairs[1::2], strict=False)
            ]
        code = NUMBERS[vr]
        width = struct.calcsize(self.order + code)
        count = (end - start) // width
        values = struct.unpack(f"{self.order}{count}{code}", self.buffer[start : start + count * width])
        return [value if value == value and abs(value) != float("inf") else None for value in values]

    def texts(self, tag: int, vr: str, raw: bytes) -> list[Any]:
        if vr not in ENCODED:
            text = raw.replace(b"\0", b"").decode("latin_1").rstrip(" ")
            values = [part.strip() for part in text.split("\\")] if vr not in WHOLE else [text]
            if tag == 0x00080005:
                self.charsets = values
                values = ["ISO_IR 192"]
            return _tidy([_number(vr, value) for value in values])
        # PostgreSQL and JSON readers take no NUL; devices pad with it, some in the middle.
        text = charset.decode(raw.replace(b"\0", b"").rstrip(b" "), self.charsets)
        if vr in WHOLE:
            return [text]
        parts = text.split("\\")
        return _tidy([_pn(part) for part in parts] if vr == "PN" else [part.strip() for part in parts])


def _tidy(values: list[Any]) -> list[Any]:
    kept = [value if value != "" else None for value in values]
    return kept if any(value is not None for value in kept) else []


def _pn(text: str) -> Mapping[str, str] | None:
    name = charset.person_name(text)
    groups = zip(("Alphabetic", "Ideographic", "Phonetic"), name, strict=True)
    return {key: value for key, value in groups if value} or None


def _number(vr: str, text: str) -> Any:
    """IS and DS as JSON numbers; what a device wrote there that is none stays its text."""
    if vr not in ("IS", "DS") or not text:
        return text
    try:
        return int(text) if vr == "IS" else float(text)
    except ValueError:
        return text
