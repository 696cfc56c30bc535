"""Every message of every app has its Chinese words."""

import ast
import re
from functools import cache
from pathlib import Path

import django
import polib
import pytest
from django.utils.translation.template import templatize

from config.local.places import ROOT
from tests import code

CATALOGUES = sorted(ROOT.glob("*/locale/zh_Hans/LC_MESSAGES/django.po"))
MARKED = re.compile(
    r"""\b(?:gettext|gettext_lazy|_)\(\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')\s*[,)]"""
)
TRANSLATED = re.compile(r"""\{%\s*(?:translate|trans)\s+(?:"([^"]*)"|'([^']*)')(?!\s+context)""")
IN_CONTEXT = {
    "**/*.py": re.compile(r"""\bn?pgettext(?:_lazy)?\(\s*"([^"]*)",\s*"([^"]*)\""""),
    "templates/**/*.html": re.compile(
        r"""\{%\s*translate\s+"(?P<text>[^"]*)"\s+context\s+"(?P<context>[^"]*)\""""
    ),
}


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.relative_to(ROOT).parts[0])
def test_every_message_has_chinese_words(path: Path):
    catalogue = polib.pofile(str(path))
    open_ = [
        entry.msgid
        for entry in catalogue
        if not entry.obsolete and ("fuzzy" in entry.flags or not entry.translated())
    ]
    assert open_ == []


def test_a_message_has_the_same_chinese_words_in_every_app():
    """Django makes one catalogue of all: of two wordings the earlier app's wins. A context keeps meanings apart."""
    words: dict[tuple[str | None, str], dict[str, tuple[str, ...]]] = {}
    for path in CATALOGUES:
        for entry in polib.pofile(str(path)):
            if not entry.obsolete:
                said = (entry.msgstr, *entry.msgstr_plural.values())
                words.setdefault((entry.msgctxt, entry.msgid), {})[path.relative_to(ROOT).parts[0]] = said
    assert {message: said for message, said in words.items() if len(set(said.values())) > 1} == {}


def known() -> set[tuple[str | None, str]]:
    """Messages of the house and of Django itself."""
    own = Path(django.__file__).parent / "conf" / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
    return {
        (entry.msgctxt, entry.msgid)
        for path in [*CATALOGUES, own]
        for entry in polib.pofile(str(path))
        if not entry.obsolete
    }


def test_no_message_is_missing_from_the_catalogues():
    """A cheap reading of the sources: plain strings in gettext calls and translate tags."""
    used = {
        text.replace('\\"', '"').replace("\\n", "\n"): code.name(path)
        for pattern, marks in (("**/*.py", MARKED), ("templates/**/*.html", TRANSLATED))
        for path in code.files(pattern)
        for found in marks.findall(path.read_text())
        for text in found
        if text
    }
    catalogued = known()
    assert {text: where for text, where in used.items() if (None, text) not in catalogued} == {}


SAID = re.compile(
    r"""\b(?:NotJson|NotAsked|BadBundle|Unanswerable|(?:Issue|self\.add)\(\s*"[a-z-]+",)[(\s]*"((?:[^"\\]|\\.)*)\""""
)
"""Sentences of the engines, put into the reader's language at the edge (`kernel.said`)."""


def test_no_sentence_of_an_engine_is_missing_from_the_catalogues():
    used = {
        text: code.name(path) for path in code.files("**/*.py") for text in SAID.findall(path.read_text())
    }
    catalogued = known()
    assert len(used) > 40
    assert {text: where for text, where in used.items() if (None, text) not in catalogued} == {}


def test_no_message_in_a_context_is_missing_from_the_catalogues():
    used = {}
    for pattern, marks in IN_CONTEXT.items():
        for path in code.files(pattern):
            for found in marks.finditer(path.read_text()):
                named = found.groupdict()
                message = (named["context"], named["text"]) if named else found.groups()
                used[message] = code.name(path)
    catalogued = known()
    assert {message: where for message, where in used.items() if message not in catalogued} == {}


WORDS = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*\"""", re.DOTALL)


@cache
def spoken() -> set[str]:
    """Every string of the sources and every message of the templates."""
    said = {
        node.value
        for path in code.files("**/*.py")
        for node in ast.walk(code.tree(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    for path in [*code.files("**/templates/**/*.html"), *code.files("**/templates/**/*.txt")]:
        said.update(ast.literal_eval(each) for each in WORDS.findall(templatize(path.read_text())))
    return said


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.relative_to(ROOT).parts[0])
def test_no_message_is_left_over_or_stands_twice(path: Path):
    said = spoken()
    kept = [entry for entry in polib.pofile(str(path)) if not entry.obsolete]
    assert [entry.msgid for entry in kept if entry.msgid not in said] == []
    assert len({(entry.msgctxt, entry.msgid) for entry in kept}) == len(kept)
