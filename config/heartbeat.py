"""When the worker was last seen: one key in the cache."""

import time

from django.core.cache import cache

KEY = "worker-seen"
KEPT = 24 * 3600


def seen() -> None:
    cache.set(KEY, time.time(), KEPT)


def age() -> float | None:
    """Seconds since the worker's last sign of life; None when there was none for a day."""
    at = cache.get(KEY)
    return None if at is None else max(0.0, time.time() - at)
