"""What a password must be, and making one that is."""

import secrets
from enum import StrEnum
from typing import Final

SHORTEST: Final = 10
CLASSES: Final = 3
_READABLE: Final = ("abcdefghijkmnpqrstuvwxyz", "ABCDEFGHJKLMNPQRSTUVWXYZ", "23456789")


class Weakness(StrEnum):
    """Why a password is refused."""

    SHORT = "short"
    CLASSES = "classes"
    NAME = "name"
    REPEATS = "repeats"


def weaknesses(text: str, *names: str) -> list[Weakness]:
    """Every reason against `text`; `names` (user name, name, pinyin) must not be part of it."""
    found: list[Weakness] = []
    if len(text) < SHORTEST:
        found.append(Weakness.SHORT)
    if _classes(text) < CLASSES:
        found.append(Weakness.CLASSES)
    lowered = text.lower()
    if any(len(name) >= 3 and name.lower().replace(" ", "") in lowered for name in names):
        found.append(Weakness.NAME)
    if len(set(text)) < SHORTEST // 2:
        found.append(Weakness.REPEATS)
    return found


def random_password() -> str:
    """A random password of four groups of four readable characters (5.8 bits each), all classes present."""
    alphabet = "".join(_READABLE)
    while True:
        text = "-".join("".join(secrets.choice(alphabet) for _ in range(4)) for _ in range(4))
        if all(any(character in part for character in text) for part in _READABLE):
            return text


def _classes(text: str) -> int:
    kinds = (str.islower, str.isupper, str.isdigit, lambda one: not one.isalnum())
    return sum(any(kind(character) for character in text) for kind in kinds)
