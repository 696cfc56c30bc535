"""Sentences that are stored without a language and said to each reader in his own."""

import json

import pytest
from django.utils import translation
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy, pgettext_lazy

from kernel.said import heard, kept, phrase

SIGN_IN = gettext_lazy("Please sign in.")
MAY = pgettext_lazy("month", "May")


def test_a_phrase_is_kept_as_message_and_words_in_no_language():
    said = phrase("%(number)s %(what)s", number=7, what=phrase(SIGN_IN, month=MAY))
    with translation.override("en"):
        english = kept(said)
    assert (
        json.loads(json.dumps(english))
        == kept(said)
        == {
            "text": "%(number)s %(what)s",
            "words": {
                "number": 7,
                "what": {"text": "Please sign in.", "words": {"month": {"context": "month", "text": "May"}}},
            },
        }
    )


@pytest.mark.parametrize(("language", "words"), [("en", "7 Please sign in."), ("zh-hans", "7 请先登录。")])
def test_it_is_said_in_the_language_of_the_moment(language, words):
    said = phrase("%(number)s %(what)s", number=7, what=SIGN_IN)
    with translation.override(language):
        assert (str(said), heard(kept(said))) == (words, words)


def test_words_of_a_person_are_never_looked_up():
    with translation.override("zh-hans"):
        assert heard(kept(phrase("%(what)s", what="Please sign in. 100 % %(what)s"))) == (
            "Please sign in. 100 % %(what)s"
        )


def test_a_lazy_value_that_is_no_message_is_refused():
    with pytest.raises(TypeError, match="no message that can be kept"):
        kept(format_lazy("{} {}", SIGN_IN, "7"))
