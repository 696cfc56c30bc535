"""Check digits and shapes of the codes organisations and people bear."""

from datetime import date
from typing import Final

USCC_SET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""The 31 characters of GB 32100: digits and capitals without I, O, S, V, Z."""

_USCC_WEIGHTS: Final = tuple(3**place % 31 for place in range(17))
_ID_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS: Final = "10X98765432"


def uscc_check(body: str) -> str:
    """Check character of the first 17 characters of a unified social credit code (GB 32100).

    Raises ValueError for a character outside the set or another length.
    """
    if len(body) != 17:
        raise ValueError("a unified social credit code has 17 characters before its check character")
    total = sum(
        USCC_SET.index(character) * weight for character, weight in zip(body, _USCC_WEIGHTS, strict=True)
    )
    return USCC_SET[(31 - total % 31) % 31]


def uscc_valid(text: str) -> bool:
    """Whether `text` is a unified social credit code with the right check character."""
    if len(text) != 18 or any(character not in USCC_SET for character in text):
        return False
    return uscc_check(text[:17]) == text[17]


def institution_valid(text: str) -> bool:
    """Whether `text` has the shape of a 22-digit medical institution code (WS 218): 22 digits or capitals."""
    return len(text) == 22 and text.isascii() and text.isalnum() and text == text.upper()


def insurance_valid(text: str) -> bool:
    """Whether `text` has the shape of an insurance institution code: H (hospital) or P (pharmacy) and 11 digits."""
    return len(text) == 12 and text[0] in "HP" and text[1:].isascii() and text[1:].isdigit()


def id_check(body: str) -> str:
    """Check character of the first 17 digits of an ID number (GB 11643)."""
    total = sum(int(digit) * weight for digit, weight in zip(body, _ID_WEIGHTS, strict=True))
    return _ID_CHECKS[total % 11]


def id_number_valid(text: str) -> bool:
    """Whether `text` is an 18-character ID number with a real birth date and the right check character."""
    if len(text) != 18 or not (text[:17].isascii() and text[:17].isdigit()):
        return False
    try:
        date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        return False
    return id_check(text[:17]) == text[17]
