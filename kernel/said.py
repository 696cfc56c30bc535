"""Sentences kept apart from a language: those of an engine, which knows none, and those that are stored for several
readers. English with named places, put into the reader's language at the edge.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext

from kernel.errors import Text


class Said(ValueError):
    """Something cannot be understood. `text` names its places as `%(name)s`; `words` are what stands there."""

    def __init__(self, text: str, **words: object) -> None:
        super().__init__(text, words)
        self.text, self.words = text, words

    def __str__(self) -> str:
        return filled(self.text, self.words)


def filled(text: str, words: Mapping[str, object]) -> str:
    """The sentence as it stands, with its words."""
    return text % words if words else text


def told(text: str, words: Mapping[str, object]) -> str:
    """The sentence in the language of whoever reads now."""
    return filled(gettext(text), words)


Saying: TypeAlias = "Text | int | Phrase"
"""What can be said anew to each reader: a message of the catalogue or a phrase. A plain `str` is somebody's own words:
it is never looked up in a catalogue and never read as a pattern."""
_LOOKED_UP: Final = {"gettext": ("text",), "pgettext": ("context", "text")}


@dataclass(frozen=True, slots=True)
class Phrase:
    """A message with named places and what stands in them; printed, it speaks the language of the moment."""

    text: Text
    words: Mapping[str, Saying]

    def __str__(self) -> str:
        return heard(kept(self))


def phrase(text: Text, /, **words: Saying) -> Phrase:
    """A lazy message (`gettext_lazy`, `pgettext_lazy`) with its words; a plain `str` is a frame without words of its
    own, such as `%(number)s %(step)s`."""
    return Phrase(text, words)


def kept(saying: Saying) -> Any:
    """As JSON: which message and which words, in no language. TypeError for a lazy value that is no plain message."""
    if isinstance(saying, Phrase):
        words = {name: kept(word) for name, word in saying.words.items()}
        return {**_message(saying.text), "words": words}
    return _message(saying) if isinstance(saying, Promise) else saying


def _message(text: Text) -> dict[str, str]:
    """Which message a lazy one looks up, told by how it is pickled: the one public way to it."""
    if not isinstance(text, Promise):
        return {"text": text}
    reduced: Any = text.__reduce__()
    function, asked = reduced[1][:2]
    if (names := _LOOKED_UP.get(function.__name__)) is None:
        raise TypeError(f"no message that can be kept: {text!r}")
    return dict(zip(names, asked, strict=True))


def heard(found: Any) -> str:
    """What `kept` answered, said in the language of the moment."""
    if not isinstance(found, Mapping):
        return str(found)
    text = pgettext(found["context"], found["text"]) if "context" in found else gettext(found["text"])
    return filled(text, {name: heard(word) for name, word in found.get("words", {}).items()})
