"""Keys: numbered masters, from each a key for every purpose. Nothing is ever sealed with a master itself.

Number 0 is the root of what cannot change with time: blind index, audit chain, MACs of secrets. It never seals.
The others seal: the last one today, all of them open. Installations that began with one key have no number 0;
there the first key is the root, too.

The file itself may lie wrapped under a key kept elsewhere (`kernel.crypto.wrapping`).
"""

import os
import secrets
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from kernel.conf import ensure_secret, read_secret
from kernel.crypto import wrapping
from kernel.crypto.expanding import expand

VARIABLE: Final = "LIANYI_MASTER_KEY"
FILE: Final = "master-key"
ROOT: Final = 0
RELOAD: Final = 2.0
"""Seconds after which a running process looks whether the file of keys was changed."""


@dataclass(slots=True)
class _Held:
    """The keys as this process last read them, and when it last looked."""

    masters: dict[int, bytes]
    stamp: tuple[int, int, int]
    looked: float


_held: list[_Held] = []


def path() -> Path:
    """The file of the masters, where LIANYI_MASTER_KEY is not set."""
    return Path(settings.SECRETS_DIR) / FILE


def ring() -> dict[int, bytes]:
    """Masters by number, in the order they are written: `hex`, or `0:hex,1:hex,2:hex`.

    A running process sees a changed file after RELOAD seconds, and at once when it meets an unknown number.
    """
    if not _held or time.monotonic() - _held[0].looked > RELOAD:
        _look()
    return _held[0].masters


def _look() -> None:
    given = os.environ.get(VARIABLE, "")
    if not given:
        ensure_secret(path(), lambda: f"{ROOT}:{secrets.token_hex(32)},1:{secrets.token_hex(32)}")
        state = path().stat()
        stamp = (state.st_mtime_ns, state.st_ino, state.st_size)
    else:
        stamp = (0, 0, 0)
    now = time.monotonic()
    if _held and _held[0].stamp == stamp:
        _held[0].looked = now
        return
    masters = parse(given or written_in_file())
    # What was derived from a retired master must not outlive it in this process.
    expand.cache_clear()
    _held[:] = [_Held(masters, stamp, now)]


def written_in_file() -> str:
    """The masters as the file holds them, unwrapped. Raises ImproperlyConfigured, which stops the start.

    While the root key turns, the file may have been read before and the root key after: then once more.
    """
    for _time in range(3):
        with suppress(wrapping.NoRoot):
            return wrapping.opened(read_secret(path()))
    return wrapping.opened(read_secret(path()))


def forget() -> None:
    """Read the keys anew at the next use."""
    _held.clear()
    expand.cache_clear()


def parse(text: str) -> dict[int, bytes]:
    """Masters by number. Raises ImproperlyConfigured, which stops the start."""
    found: dict[int, bytes] = {}
    for place, part in enumerate(text.strip().split(","), start=1):
        number, _, key = part.strip().rpartition(":")
        try:
            found[int(number or place)] = bytes.fromhex(key)
        except ValueError:
            raise ImproperlyConfigured(f"{VARIABLE} is not written as hex or number:hex,number:hex") from None
    if any(len(key) != 32 or not 0 <= number < 256 for number, key in found.items()):
        raise ImproperlyConfigured(f"{VARIABLE} needs keys of 32 bytes, numbered 0 to 255")
    if not found.keys() - {ROOT}:
        raise ImproperlyConfigured(f"{VARIABLE} has no key that seals, only the root")
    return found


def written(masters: dict[int, bytes]) -> str:
    """The inverse of `parse`."""
    return ",".join(f"{number}:{key.hex()}" for number, key in masters.items())


def sealing() -> list[int]:
    """Numbers of the masters that seal or open, the one that seals today last."""
    return [number for number in ring() if number != ROOT]


def current() -> int:
    """Number of the master that seals today."""
    return sealing()[-1]


def root() -> int:
    """Number of the master of what cannot change with time."""
    return ROOT if ROOT in ring() else sealing()[0]


def derived(purpose: str, length: int, number: int | None = None) -> bytes:
    """The key of one purpose, from the root unless a number is given.

    Raises LookupError for a number that is not in the ring.
    """
    wanted = root() if number is None else number
    if wanted not in ring():
        _look()
    return expand(ring()[wanted], f"lianyi/1/{purpose}", length)
