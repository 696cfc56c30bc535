"""Identifiers that sort by time of birth (UUIDv7, RFC 9562 §5.7)."""

import os
import threading
import time
from uuid import UUID

_lock = threading.Lock()
_last = 0


def uuid7() -> UUID:
    """A new UUIDv7: 48 bits of Unix milliseconds, 12 bits of their fraction (§6.2, method 3), 62 random bits.

    Ids of one process are strictly ascending in the order they were asked for.
    """
    global _last
    with _lock:
        _last = ticks = max(time.time_ns() * 4096 // 1_000_000, _last + 1)
    random = int.from_bytes(os.urandom(8), "big")
    value = (ticks >> 12 & 0xFFFF_FFFF_FFFF) << 80
    value |= 0x7 << 76 | (ticks & 0xFFF) << 64
    value |= 0b10 << 62 | (random & 0x3FFF_FFFF_FFFF_FFFF)
    return UUID(int=value)
