"""Pinyin initials of a term, as doctors type them."""

from kernel.pinyin import sounds


def initials(text: str) -> str:
    """急性上呼吸道感染 → jxshxdgr; latin letters and digits stay, everything else falls out."""
    letters = []
    for character in text.lower():
        if character.isascii():
            letters.append(character if character.isalnum() else "")
        else:
            readings = sounds(character)
            letters.append(readings[0][0] if readings else "")
    return "".join(letters)
