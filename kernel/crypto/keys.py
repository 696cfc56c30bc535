"""Keys: one master, from it a key for each purpose. Nothing is ever sealed with the master itself."""

import hmac
import os
from functools import cache
from typing import Final

from django.core.exceptions import ImproperlyConfigured

from kernel.conf import secret

VARIABLE: Final = "LIANYI_MASTER_KEY"
FILE: Final = "master-key"


@cache
def ring() -> dict[int, bytes]:
    """Master keys by number, oldest first.

    Written `hex` or `1:hex,2:hex`: the last one seals, all of them open. A new number is a new key; the
    first one is the root of the keys that cannot change with time (blind index, audit chain).
    """
    found: dict[int, bytes] = {}
    for place, part in enumerate(secret(FILE, os.environ.get(VARIABLE, "")).split(","), start=1):
        number, _, text = part.strip().rpartition(":")
        try:
            found[int(number or place)] = bytes.fromhex(text)
        except ValueError:
            raise ImproperlyConfigured(f"{VARIABLE} is not written as hex or number:hex,number:hex") from None
    if any(len(key) != 32 or not 0 < number < 256 for number, key in found.items()):
        raise ImproperlyConfigured(f"{VARIABLE} needs keys of 32 bytes, numbered 1 to 255")
    return found


def current() -> int:
    """Number of the master key that seals today."""
    return next(reversed(ring()))


def root() -> int:
    """Number of the first master key."""
    return next(iter(ring()))


@cache
def derived(purpose: str, length: int, number: int | None = None) -> bytes:
    """The key of one purpose: HKDF-Expand (RFC 5869) over HMAC-SM3, from the root unless a number is given.

    Raises LookupError for a number that is not in the ring.
    """
    master = ring()[number if number is not None else root()]
    block, out = b"", b""
    for counter in range(1, -(-length // 32) + 1):
        block = hmac.digest(master, block + f"lianyi/1/{purpose}".encode() + bytes([counter]), "sm3")
        out += block
    return out[:length]
