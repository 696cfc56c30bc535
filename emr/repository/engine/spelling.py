"""Other spellings of a Chinese name, as they are typed."""

from kernel import pinyin


def spellings(name: str) -> tuple[str, ...]:
    """`王伟` -> (`wangwei`, `ww`); nothing for a name without Chinese characters."""
    return () if name.isascii() else pinyin.typed(name)
