"""Whether a resource tells something specially protected: by its codes, and by names in its concepts."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

ICD10: Final = "icd10"
CODE: Final = "code"
WORD: Final = "word"
FREE_TEXT: Final = frozenset({"note", "text", "div", "contained"})
"""Elements whose words are told to a reader, not coded: narrative and remarks."""

SPOTS: Final = tuple(re.compile(rb'"' + name + rb'": ?"((?:[^"\\]|\\.)*)"') for name in (b"text", b"display"))
REMEMBERED: Final = 16_384

Mark = tuple[int, tuple[str, ...]]
"""Label and categories; (0, ()) where no rule fits."""
NOTHING: Final[Mark] = (0, ())


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the table. `value`: the beginning of an ICD-10 code, a whole code, or a part of a name."""

    system: str
    value: str
    category: str
    label: int


class Rules:
    """The table, compiled: a look at the bytes says "nothing" for nearly every resource, in some microseconds.

    Codes are searched in one go; the words of concepts are few in a county and remembered.
    """

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.rules = tuple(rules)
        self._starts = [one for one in self.rules if one.system == ICD10]
        self._codes = {one.value: one for one in self.rules if one.system == CODE}
        self._words = [one for one in self.rules if one.system == WORD]
        self._upper = [one.value.upper().encode() for one in self._words]
        self._code_hint = _code_hint(self.rules)
        self._tells = lru_cache(maxsize=REMEMBERED)(self._names_one)

    def of(self, resource: Mapping[str, Any], content: bytes) -> Mark:
        """The mark of a resource whose serialised bytes are `content`."""
        if not self._hinted(content):
            return NOTHING
        fits = {one for said in concepts(resource) for one in self._fitting(*said)}
        return _mark(fits)

    def _hinted(self, content: bytes) -> bool:
        if self._code_hint is not None and self._code_hint.search(content):
            return True
        return any(self._tells(words) for spot in SPOTS for words in spot.findall(content))

    def _names_one(self, words: bytes) -> bool:
        plain = words.upper()
        return any(word in plain for word in self._upper)

    def of_code(self, code: str, words: str = "") -> Mark:
        """The mark of one diagnosis or one name."""
        return _mark(self._fitting("", code, words))

    def _fitting(self, system: str, code: str, words: str) -> Iterator[Rule]:
        if code and (not system or "icd" in system.lower()):
            yield from (one for one in self._starts if code.upper().startswith(one.value))
        if code in self._codes:
            yield self._codes[code]
        if words:
            plain = words.upper()
            yield from (one for one in self._words if one.value.upper() in plain)


def _mark(rules: Iterable[Rule]) -> Mark:
    found = list(rules)
    if not found:
        return NOTHING
    return max(one.label for one in found), tuple(sorted({one.category for one in found}))


def _code_hint(rules: Iterable[Rule]) -> "re.Pattern[bytes] | None":
    """A search that finds at least every resource a code's rule fits, in either case."""
    codes = [
        re.escape(spelt) + ('"' if one.system == CODE else "")
        for one in rules
        if one.system != WORD
        for spelt in sorted({one.value, one.value.lower(), one.value.upper()})
    ]
    return re.compile(f'"code": ?"(?:{"|".join(codes)})'.encode()) if codes else None


def concepts(node: Any) -> Iterator[tuple[str, str, str]]:
    """(system, code, words) of all codings, concepts, named references below `node`; no narrative, no remarks."""
    if isinstance(node, list):
        for one in node:
            yield from concepts(one)
    elif isinstance(node, Mapping):
        code, text = node.get("code"), node.get("text")
        words = " ".join(part for part in (node.get("display"), text) if isinstance(part, str))
        if isinstance(code, str) or words:
            yield str(node.get("system") or ""), code if isinstance(code, str) else "", words
        for name, inner in node.items():
            if name not in FREE_TEXT and isinstance(inner, list | Mapping):
                yield from concepts(inner)
