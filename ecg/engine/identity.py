"""Whether what a cart wrote about the person agrees with the record. Pure."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Final

from kernel import pinyin

HANZI: Final = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")
WORD: Final = re.compile(r"[a-z]+")
SEX: Final = {"m": "1", "f": "2", "1": "1", "2": "2", "男": "1", "女": "2"}


def differences(said: Mapping[str, str], *, name: str, birth_date: date | None, sex: str) -> frozenset[str]:
    """`patient_name`, `birth_date`, `sex`: those of the file that disagree. What it leaves out does not."""
    born = re.sub(r"\D", "", said["birth_date"])
    told = SEX.get(said["sex"].strip().lower()[:1], "")
    found = {
        "patient_name": bool(readable(said["patient_name"])) and not same_name(said["patient_name"], name),
        "birth_date": len(born) == 8 and birth_date is not None and born != f"{birth_date:%Y%m%d}",
        "sex": bool(told) and sex in ("1", "2") and told != sex,
    }
    return frozenset(field for field, differs in found.items() if differs)


def readable(written: str) -> str:
    """A DICOM name (letters=hanzi=sound, parts divided by ^) as people read it: the hanzi where there are any."""
    letters, _equals, rest = written.partition("=")
    hanzi = rest.partition("=")[0].replace("^", "")
    return hanzi or letters.replace("^", " ").strip()


def same_name(written: str, recorded: str) -> bool:
    """The same hanzi, or their pinyin in either order of words."""
    plain, known = readable(written).replace(" ", ""), recorded.replace(" ", "")
    if HANZI.search(plain) or not HANZI.search(known):
        return plain.casefold() == known.casefold()
    spoken = "".join(WORD.findall(pinyin.typed(known)[0].lower()))
    words = WORD.findall(readable(written).lower())
    return spoken in ("".join(words), "".join(reversed(words)))
