"""Pinyin of names, for search and for sorting without the database's help."""

from functools import cache


@cache
def pinyin_of(text: str) -> tuple[str, str]:
    """Syllables with spaces, and their initials: 王丽华 → ("wang li hua", "wlh")."""
    # lazy: the dictionary of pypinyin takes a third of a second to load and only writing a name needs it
    from pypinyin import lazy_pinyin

    syllables = [part.lower() for part in lazy_pinyin(text) if part.strip()]
    return " ".join(syllables)[:120], "".join(part[0] for part in syllables)[:20]
