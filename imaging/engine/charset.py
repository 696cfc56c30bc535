"""Text of a DICOM data set, whatever character set it claims (PS3.5 §6.1, PS3.3 C.12.1.1.2)."""

import re
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import Final, NamedTuple

SINGLE: Final = {
    "": "ascii",
    "ISO_IR 6": "ascii",
    "ISO_IR 100": "latin_1",
    "ISO_IR 101": "iso8859_2",
    "ISO_IR 109": "iso8859_3",
    "ISO_IR 110": "iso8859_4",
    "ISO_IR 144": "iso8859_5",
    "ISO_IR 127": "iso8859_6",
    "ISO_IR 126": "iso8859_7",
    "ISO_IR 138": "iso8859_8",
    "ISO_IR 148": "iso8859_9",
    "ISO_IR 203": "iso8859_15",
    "ISO_IR 166": "iso8859_11",
    "ISO_IR 13": "shift_jis",
    "ISO_IR 192": "utf_8",
    "GB18030": "gb18030",
    "GBK": "gb18030",
    "ISO_IR 58": "gb18030",
    "ISO_IR 149": "euc_kr",
}
ESCAPED: Final = {
    b"\x1b(B": "ascii",
    b"\x1b(J": "shift_jis",
    b"\x1b)I": "shift_jis",
    b"\x1b-A": "latin_1",
    b"\x1b-B": "iso8859_2",
    b"\x1b-C": "iso8859_3",
    b"\x1b-D": "iso8859_4",
    b"\x1b-L": "iso8859_5",
    b"\x1b-G": "iso8859_6",
    b"\x1b-F": "iso8859_7",
    b"\x1b-H": "iso8859_8",
    b"\x1b-M": "iso8859_9",
    b"\x1b-b": "iso8859_15",
    b"\x1b-T": "iso8859_11",
    b"\x1b$)A": "gb18030",
    b"\x1b$)C": "euc_kr",
    b"\x1b$B": "iso2022_jp",
    b"\x1b$(D": "iso2022_jp_2",
}
ESCAPE: Final = re.compile(rb"\x1b(?:\$[()]?[A-D]|[(),\-.][A-Za-z])")
HANZI: Final = re.compile(r"[㐀-䶿一-鿿豈-﫿\U00020000-\U0003FFFF]")


class PersonName(NamedTuple):
    """The three component groups of a PN value, each `family^given^…`."""

    alphabetic: str = ""
    ideographic: str = ""
    phonetic: str = ""

    @property
    def shown(self) -> str:
        """The name as a person reads it: hanzi when there are any, components without carets."""
        if self.ideographic:
            return self.ideographic.replace("^", "")
        return " ".join(part for part in self.alphabetic.split("^") if part)


def person_name(text: str) -> PersonName:
    """Split one PN value. Hanzi a modality wrote into the alphabetic group are moved where they belong."""
    groups = [group.rstrip("^ ") for group in text.split("=")[:3]] + ["", "", ""]
    if HANZI.search(groups[0]) and not groups[1]:
        groups[0], groups[1] = "", groups[0]
    return PersonName(groups[0], groups[1], groups[2])


def decode(raw: bytes, charsets: Sequence[str]) -> str:
    """Text of `raw` under SpecificCharacterSet values. Never raises; what no reading fits becomes U+FFFD."""
    if raw.isascii() and b"\x1b" not in raw:
        return raw.decode("ascii")
    if b"\x1b" in raw:
        return "".join(_fragments(raw, charsets))
    name = next((codec for codec in map(_codec, charsets) if codec != "ascii"), "ascii")
    if name in ("ascii", "latin_1"):
        return _guess(raw)
    try:
        return raw.decode(name)
    except UnicodeDecodeError:
        return _guess(raw)


def _codec(term: str) -> str:
    return SINGLE.get(term.strip().replace("ISO 2022 IR", "ISO_IR"), "ascii")


def _fragments(raw: bytes, charsets: Sequence[str]) -> Iterator[str]:
    marks = list(ESCAPE.finditer(raw))
    first = marks[0].start() if marks else len(raw)
    yield raw[:first].replace(b"\x1b", b"").decode(_codec(charsets[0] if charsets else ""), "replace")
    for mark, following in zip_longest(marks, marks[1:]):
        end = following.start() if following else len(raw)
        name = ESCAPED.get(mark.group(), "ascii")
        # The Japanese codecs know these escapes themselves and need to see them.
        start = mark.start() if name.startswith("iso2022") else mark.end()
        yield raw[start:end].decode(name, "replace")


def _guess(raw: bytes) -> str:
    """Bytes outside ASCII under a Latin or missing label: UTF-8, the GBK of a Chinese console, or Latin-1."""
    try:
        return raw.decode("utf_8")
    except UnicodeDecodeError:
        pass
    try:
        chinese = raw.decode("gb18030")
    except UnicodeDecodeError:
        return raw.decode("latin_1")
    return chinese if _looks_chinese(raw, chinese) else raw.decode("latin_1")


def _looks_chinese(raw: bytes, chinese: str) -> bool:
    """True when most pairs end in a byte that Latin text would not show there (`Müller` must stay German)."""
    if any(
        ord(char) > 0x7F and not HANZI.match(char) and not "\u3000" <= char <= "\uffef" for char in chinese
    ):
        return False
    pairs = re.findall(rb"[\x81-\xfe][\x30-\xfe]", raw)
    high = sum(pair[1] >= 0x80 for pair in pairs)
    return bool(high) and 2 * high >= len(pairs)
