"""How hanzi sound: what names and terms are found by."""

import unicodedata
from functools import lru_cache

from pypinyin import lazy_pinyin
from pypinyin.constants import PINYIN_DICT

UNLISTED = {"𠮷": ("ji",)}
"""Characters of names that the table of readings does not hold."""


@lru_cache(maxsize=20_000)
def sounds(character: str) -> tuple[str, ...]:
    """Toneless readings of one character, the commonest first; itself when it is latin; none when unknown."""
    if character.isascii():
        return (character,)
    if character in UNLISTED:
        return UNLISTED[character]
    readings = PINYIN_DICT.get(ord(character), "")
    plain = [_toneless(reading) for reading in readings.split(",") if reading]
    return tuple(dict.fromkeys(plain))


def _toneless(reading: str) -> str:
    split = unicodedata.normalize("NFD", reading.replace("ü", "v"))
    return "".join(c for c in split if c.isascii() and c.isalpha())


@lru_cache(maxsize=4096)
def syllables(text: str) -> tuple[str, ...]:
    """How a name is read, toneless and in small letters, surnames as surnames: 王丽华 → ("wang", "li", "hua")."""
    return tuple(part.lower() for part in lazy_pinyin(text) if part.strip())


def pinyin_of(text: str) -> tuple[str, str]:
    """Syllables with spaces, and their initials: 王丽华 → ("wang li hua", "wlh")."""
    read = syllables(text)
    return " ".join(read)[:120], "".join(part[0] for part in read)[:20]


def typed(text: str) -> tuple[str, str]:
    """The same as a name is typed, syllables joined: 王丽华 → ("wanglihua", "wlh")."""
    read = syllables(text)
    return "".join(read), "".join(part[0] for part in read)
