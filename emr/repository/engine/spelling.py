"""Other spellings of a Chinese name: pinyin without tones and its initials, as they are typed."""

from functools import lru_cache

from pypinyin import lazy_pinyin


@lru_cache(maxsize=4096)
def spellings(name: str) -> tuple[str, ...]:
    """`王伟` -> (`wangwei`, `ww`); nothing for a name without Chinese characters."""
    if name.isascii():
        return ()
    syllables = [syllable.lower() for syllable in lazy_pinyin(name) if syllable.strip()]
    return "".join(syllables), "".join(syllable[0] for syllable in syllables)
