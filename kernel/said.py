"""A sentence of an engine, which knows no language: English with named places, put into the reader's at the edge."""

from collections.abc import Mapping

from django.utils.translation import gettext


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
