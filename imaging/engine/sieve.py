"""Matching of words that are stored sealed: pieces to ask the index for, patterns to hold what it gave against."""

import re
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from imaging.engine import names

WILD: Final = re.compile(r"[*?]")


class Said(NamedTuple):
    """Who a study says it is of: PatientID, PatientName, and the forms the name is found by (`search_text`)."""

    patient_id: str = ""
    patient_name: str = ""
    forms: str = ""


@dataclass(slots=True)
class Sieve:
    """What a query asks of sealed words. `pieces` narrow by the keyed index and may let too much through."""

    pieces: set[str] = field(default_factory=set)
    patient_ids: list[str] = field(default_factory=list)
    names: list[re.Pattern[str]] = field(default_factory=list)
    numbers: list[re.Pattern[str]] = field(default_factory=list)

    def add_name(self, value: str, *, fuzzy: bool) -> None:
        """Case does not count; every written form of the name may match (hanzi, pinyin, initials, whole PN)."""
        wanted = value.lower().strip()
        if fuzzy and "*" not in wanted:
            wanted = f"*{wanted}*"
        parts = WILD.split(wanted)
        self.pieces |= {f"={wanted}"} if len(parts) == 1 else set().union(*map(names.parts, parts))
        self.names.append(re.compile(f"\n{_pattern(wanted)}\n"))

    def add_patient_id(self, value: str) -> None:
        """Equal, or with the wildcards of DICOM."""
        if WILD.search(value):
            self.numbers.append(re.compile(_pattern(value)))
        else:
            self.patient_ids.append(value)

    @property
    def sifts(self) -> bool:
        """Whether rows must be held against patterns after the index gave them."""
        return bool(self.names or self.numbers)

    def passes(self, said: Said) -> bool:
        return all(pattern.search(said.forms) for pattern in self.names) and all(
            pattern.fullmatch(said.patient_id) for pattern in self.numbers
        )


def _pattern(value: str) -> str:
    """DICOM wildcards as a regular expression that stays inside one line."""
    return "".join({"*": ".*", "?": "."}.get(sign, re.escape(sign)) for sign in value)
