"""What somebody typed into the search field, recognised by its shape."""

import re
from dataclasses import dataclass
from enum import StrEnum

from emr.index.engine import identity, places

_YEAR = re.compile(r"^(?P<name>.*?\D)\s*(?P<year>(?:18|19|20)\d{2})$")
_LETTERS = re.compile(r"[A-Za-z\s]+")
_HAN = re.compile(r"[\u3007\u3400-\u9fff\U00020000-\U000323af]")


class Shape(StrEnum):
    ID_NUMBER = "id_number"
    PHONE = "phone"
    NAME = "name"
    LETTERS = "letters"
    NUMBER = "number"  # a hospital's own patient number
    SHORT = "short"  # too little to search with
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Query:
    """Shape and cleaned text; `year` when a birth year stands behind a name."""

    shape: Shape
    text: str
    year: int | None = None


def read(text: str) -> Query:
    """Recognise an identity number, a telephone, a name with or without birth year, pinyin or initials."""
    plain = identity.clean(text)
    if not plain:
        return Query(Shape.NOTHING, "")
    if re.fullmatch(r"\d{15}|\d{17}[\dX]", plain):
        return Query(Shape.ID_NUMBER, plain)
    if places.PHONE.fullmatch(places.clean_phone(plain)) and not re.search(r"[A-Z]", plain):
        return Query(Shape.PHONE, places.clean_phone(plain))
    if plain.isdigit():
        return Query(Shape.NUMBER if len(plain) >= 3 else Shape.SHORT, plain)
    return _words(" ".join(text.split()))


def _words(text: str) -> Query:
    found = _YEAR.match(text)
    name, year = (found["name"].strip(), int(found["year"])) if found else (text, None)
    if _HAN.search(name):
        return Query(Shape.NAME if len(name) >= 2 else Shape.SHORT, name, year)
    if _LETTERS.fullmatch(name):
        return Query(Shape.LETTERS if len(name) >= 2 else Shape.SHORT, name, year)
    if re.fullmatch(r"[A-Za-z0-9]{5,17}", text):
        return Query(Shape.ID_NUMBER, text.upper())
    return Query(Shape.NUMBER if len(text) >= 3 else Shape.SHORT, text)
