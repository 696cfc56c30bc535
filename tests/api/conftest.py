"""The running house for the tests that need a real process."""

from tests.live import live

__all__ = ["live"]
