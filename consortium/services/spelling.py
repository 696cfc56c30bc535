"""Pinyin of names, for search and for sorting without the database's help."""

from functools import cache


@cache
def pinyin_of(text: str) -> tuple[str, str]:
    """Syllables with spaces, and their initials: 王丽华 → ("wang li hua", "wlh")."""
    from pypinyin import lazy_pinyin  # lazy: its dictionary takes a third of a second to load

    syllables = [part.lower() for part in lazy_pinyin(text) if part.strip()]
    return " ".join(syllables)[:120], "".join(part[0] for part in syllables)[:20]
