"""How hanzi sound: what names and terms are found by."""

import unicodedata
from functools import cache, lru_cache

UNLISTED = {"𠮷": ("ji",)}
"""Characters of names that the table of readings does not hold."""


@lru_cache(maxsize=20_000)
def sounds(character: str) -> tuple[str, ...]:
    """Toneless readings of one character, the commonest first; itself when it is latin; none when unknown."""
    if character.isascii():
        return (character,)
    if character in UNLISTED:
        return UNLISTED[character]
    from pypinyin.constants import PINYIN_DICT  # lazy: 40,000 readings, loaded where names are indexed only

    readings = PINYIN_DICT.get(ord(character), "")
    plain = [_toneless(reading) for reading in readings.split(",") if reading]
    return tuple(dict.fromkeys(plain))


def _toneless(reading: str) -> str:
    split = unicodedata.normalize("NFD", reading.replace("ü", "v"))
    return "".join(c for c in split if c.isascii() and c.isalpha())


@cache
def pinyin_of(text: str) -> tuple[str, str]:
    """Syllables with spaces, and their initials: 王丽华 → ("wang li hua", "wlh")."""
    from pypinyin import lazy_pinyin  # lazy: its dictionary takes a third of a second to load

    syllables = [part.lower() for part in lazy_pinyin(text) if part.strip()]
    return " ".join(syllables)[:120], "".join(part[0] for part in syllables)[:20]
