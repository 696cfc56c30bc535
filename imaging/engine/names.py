"""How a patient's name as a device wrote it is found and compared: hanzi, pinyin, initials."""

import re
from typing import Final

from imaging.engine.charset import HANZI, PersonName
from kernel import pinyin

LETTERS: Final = re.compile(r"[^a-z0-9]")


def search_text(name: PersonName) -> str:
    """All forms a name is found by, lower case, each on its own line (line breaks at both ends too)."""
    hanzi = name.ideographic.replace("^", "")
    full = "=".join(name).rstrip("=")
    forms = [name.alphabetic, name.ideographic, hanzi, name.phonetic, full]
    if HANZI.search(hanzi):
        forms += pinyin.typed(hanzi)
    if name.alphabetic:
        forms.append(letters(name.alphabetic))
    kept = dict.fromkeys(form.lower() for form in forms if form)
    return "\n" + "\n".join(kept) + "\n" if kept else ""


def pieces(forms: str) -> frozenset[str]:
    """What the forms of `search_text` are found by: each form whole (=), its pairs of signs, single hanzi."""
    found: set[str] = set()
    for form in forms.split("\n"):
        found |= parts(form) | ({f"={form}"} if form else set())
    return frozenset(found)


def parts(text: str) -> set[str]:
    """Pairs of signs and single hanzi: what any text that holds this one is indexed by, too."""
    return {text[at : at + 2] for at in range(len(text) - 1)} | {sign for sign in text if HANZI.match(sign)}


def letters(text: str) -> str:
    return LETTERS.sub("", text.lower())


def same(device: PersonName, recorded: str) -> bool:
    """Whether a device's name may be the recorded one: the same hanzi, or its pinyin in either order of words."""
    recorded = recorded.replace(" ", "")
    hanzi = device.ideographic.replace("^", "").replace(" ", "")
    if hanzi:
        return hanzi == recorded
    spoken = pinyin.typed(recorded)[0] if HANZI.search(recorded) else letters(recorded)
    parts = [letters(part) for part in re.split(r"[\^ ]", device.alphabetic) if letters(part)]
    return bool(parts) and letters(spoken) in ("".join(parts), "".join(reversed(parts)))


def masked(text: str) -> str:
    """A name for a list: first and last sign, the rest as asterisks."""
    if len(text) <= 2:
        return text[:1] + "*" * (len(text) > 1)
    return text[0] + "*" * (len(text) - 2) + text[-1]
