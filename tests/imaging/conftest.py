"""Fixtures of imaging: the running house and a browser for the viewer."""

from tests.live import browser, live, sign_in_as

__all__ = ["browser", "live", "sign_in_as"]
