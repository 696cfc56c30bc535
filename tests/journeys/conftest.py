"""Fixtures of the journeys: the running house and a browser."""

from tests.journeys.house import centre, house
from tests.live import browser, live, sign_in_as

__all__ = ["browser", "centre", "house", "live", "sign_in_as"]
