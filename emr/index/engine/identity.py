"""Identity numbers: GB 11643 check digit, birth date, sex; foreign residence cards; passports."""

import re
from dataclasses import dataclass
from datetime import date

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK = "10X98765432"
PROVINCES = frozenset(
    {
        *("11", "12", "13", "14", "15", "21", "22", "23", "31", "32", "33", "34", "35", "36", "37"),
        *("41", "42", "43", "44", "45", "46", "50", "51", "52", "53", "54", "61", "62", "63", "64", "65"),
        *("71", "81", "82", "83", "91", "92"),
    }
)
"""First two digits of GB/T 2260, of the residence permits 81-83 and of foreigners' cards."""

_PASSPORT = re.compile(r"[A-Z0-9]{5,17}")
_OLD_PERMANENT = re.compile(r"[A-Z]{3}\d{12}")
OLDEST = date(1880, 1, 1)


class Malformed(ValueError):
    """The number is wrong; `code` is one of length, characters, birth_date, check_digit, format."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


@dataclass(frozen=True, slots=True)
class Document:
    """A number that holds. `sex` is GB/T 2261.1 "1" or "2", or "" when the number does not say.

    `warnings`: "region" = unknown region, "converted" = came with 15 digits.
    """

    number: str
    birth_date: date | None = None
    sex: str = ""
    warnings: tuple[str, ...] = ()


def check_digit(first17: str) -> str:
    """The 18th character of a GB 11643 number."""
    return CHECK[sum(int(digit) * weight for digit, weight in zip(first17, WEIGHTS, strict=True)) % 11]


def clean(text: str) -> str:
    """Spaces and dashes out, full-width to half-width, X upper case."""
    folded = "".join(chr(ord(c) - 0xFEE0) if 0xFF01 <= ord(c) <= 0xFF5E else c for c in text)
    return re.sub(r"[\s-]", "", folded).upper()


def parse(text: str, *, today: date) -> Document:
    """A resident identity number, or the residence permit of Hong Kong, Macao and Taiwan residents.

    Raises Malformed. Fifteen digits (before 1999) are converted.
    """
    number, warnings = clean(text), []
    if len(number) == 15 and number.isdigit():
        first17 = number[:6] + "19" + number[6:]
        number = first17 + check_digit(first17)
        warnings.append("converted")
    if len(number) != 18:
        raise Malformed("length")
    if not re.fullmatch(r"[0-9]{17}[0-9X]", number):
        raise Malformed("characters")
    born = _birth_date(number[6:14], today)
    if check_digit(number[:17]) != number[17]:
        raise Malformed("check_digit")
    if number[:2] not in PROVINCES:
        warnings.append("region")
    return Document(number, born, "1" if int(number[16]) % 2 else "2", tuple(warnings))


def _birth_date(digits: str, today: date) -> date:
    try:
        born = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        raise Malformed("birth_date") from None
    if not OLDEST <= born <= today:
        raise Malformed("birth_date")
    return born


def parse_permanent(text: str, *, today: date) -> Document:
    """A foreigner's permanent residence card: 18 digits since 2023, three letters and 12 digits before."""
    number = clean(text)
    if _OLD_PERMANENT.fullmatch(number):
        return Document(number)
    return parse(number, today=today)


def parse_passport(text: str) -> Document:
    """A passport number: 5-17 letters and digits."""
    number = clean(text)
    if not _PASSPORT.fullmatch(number):
        raise Malformed("format")
    return Document(number)


def mask(number: str) -> str:
    """First three and last four stay; a shorter number keeps its last two."""
    if len(number) >= 10:
        return number[:3] + "*" * (len(number) - 7) + number[-4:]
    return "*" * max(len(number) - 2, 0) + number[-2:]
