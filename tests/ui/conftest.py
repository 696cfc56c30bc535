"""Fixtures of the tests of the look: the running house and a browser."""

from tests.live import browser, live, sign_in_as

__all__ = ["browser", "live", "sign_in_as"]
