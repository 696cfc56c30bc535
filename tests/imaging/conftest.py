"""Fixtures of imaging: the running house and a browser for the viewer; no look remembered between tests."""

import pytest

from imaging.rest import doors, objects
from tests.live import browser, live, sign_in_as

__all__ = ["browser", "live", "sign_in_as"]


@pytest.fixture(autouse=True)
def _nothing_remembered():
    """What a process remembers for minutes: openings and verified files."""
    doors._opened.clear()
    objects._verified.clear()
