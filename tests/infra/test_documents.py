"""What the documents point at exists: tests, pages, rooms."""

import re

import pytest

from config.local.places import ROOT
from tests import code
from tests.infra.test_protection import exists

WALKED = ROOT / "docs" / "referral.md"
POINTED = re.findall(r"`([^`\s]+)`", WALKED.read_text())
PAGE = re.compile(r"[a-z_]+:[a-z_]+")


@pytest.mark.parametrize("name", sorted({one for one in POINTED if one.startswith("tests/")}))
def test_a_test_the_walk_names_exists(name):
    assert exists(name) or (ROOT / name).is_dir()


def test_a_page_the_walk_names_exists():
    pages = {address.name for address in code.addresses()}
    assert {one for one in POINTED if PAGE.fullmatch(one)} - pages == set()


def test_a_room_the_walk_names_exists():
    rooms = {one for one in POINTED if "/" in one and not one.startswith(("tests/", "/"))}
    assert {
        one for one in rooms if not ((ROOT / "referral" / one).exists() or (ROOT / one).exists())
    } == set()


def test_every_variable_that_is_read_stands_in_the_architecture():
    """The table of settings is whole, so an operator need not read the source."""
    read = re.compile(r'env\.\w+\(\s*"([A-Z_]+)"')
    variables = {name for path in code.files("**/*.py") for name in read.findall(path.read_text())}
    told = set(re.findall(r"`([A-Z_]+)`", (ROOT / "docs" / "architecture.md").read_text()))
    assert variables - told == set()
