"""Every message of every app has its Chinese words."""

import re
from pathlib import Path

import django
import polib
import pytest

from config.local.places import ROOT
from tests import code

CATALOGUES = sorted(ROOT.glob("*/locale/zh_Hans/LC_MESSAGES/django.po"))
MARKED = re.compile(
    r"""\b(?:gettext|gettext_lazy|_)\(\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')\s*[,)]"""
)
TRANSLATED = re.compile(r"""\{%\s*(?:translate|trans)\s+(?:"([^"]*)"|'([^']*)')""")


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.relative_to(ROOT).parts[0])
def test_every_message_has_chinese_words(path: Path):
    catalogue = polib.pofile(str(path))
    open_ = [
        entry.msgid
        for entry in catalogue
        if not entry.obsolete and ("fuzzy" in entry.flags or not entry.translated())
    ]
    assert open_ == []


def known() -> set[str]:
    """Messages of the house and of Django itself."""
    own = Path(django.__file__).parent / "conf" / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
    return {
        entry.msgid for path in [*CATALOGUES, own] for entry in polib.pofile(str(path)) if not entry.obsolete
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
    assert {text: where for text, where in used.items() if text not in catalogued} == {}
