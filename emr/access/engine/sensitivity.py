"""Whether a resource tells something specially protected: by its codes, and by names in its concepts."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

ICD10: Final = "icd10"
CODE: Final = "code"
WORD: Final = "word"
FREE_TEXT: Final = frozenset({"note", "text", "div", "contained"})
"""Elements whose words are told to a reader, not coded: narrative and remarks."""

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
    """The table, compiled: one search over the bytes says "nothing" for nearly every resource."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.rules = tuple(rules)
        self._starts = [one for one in self.rules if one.system == ICD10]
        self._codes = {one.value: one for one in self.rules if one.system == CODE}
        self._words = [one for one in self.rules if one.system == WORD]
        self._hint = _hint(self.rules)

    def of(self, resource: Mapping[str, Any], content: bytes) -> Mark:
        """The mark of a resource whose serialised bytes are `content`."""
        if self._hint is None or self._hint.search(content) is None:
            return NOTHING
        fits = {one for said in concepts(resource) for one in self._fitting(*said)}
        return _mark(fits)

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


def _hint(rules: Iterable[Rule]) -> "re.Pattern[bytes] | None":
    """A search that finds at least every resource a rule fits. Codes stand after `"code":"`, names anywhere."""
    codes, words = [], []
    for one in rules:
        text = re.escape(one.value)
        if one.system == WORD:
            words.append(text)
        else:
            codes.append(text + ('"' if one.system == CODE else ""))
    parts = ([f'"code": ?"(?:{"|".join(codes)})'] if codes else []) + words
    return re.compile("|".join(parts).encode(), re.IGNORECASE) if parts else None


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
