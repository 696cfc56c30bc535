"""How hanzi sound: what names and terms are found by."""

import unicodedata
from functools import lru_cache

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
