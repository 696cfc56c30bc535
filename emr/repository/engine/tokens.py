"""64-bit hashes of search values. Those of sealed kinds are keyed, so that a dump does not give them away."""

from collections.abc import Callable
from functools import lru_cache, partial
from hashlib import blake2b
from typing import Final

Keyed = Callable[[bytes], bytes]
"""A keyed hash of at least 8 bytes (HMAC-SM3 of the kernel)."""


def _number(digest: bytes) -> int:
    return int.from_bytes(digest[:8], "big", signed=True)


@lru_cache(maxsize=65536)
def plain(text: str) -> int:
    """Hash of a search value that identifies nobody: codes, states, references between resources."""
    return _number(blake2b(text.encode("utf-8", "replace"), digest_size=8).digest())


def _coding(token: Callable[[str], int], name: str, system: str, code: str) -> tuple[int, ...]:
    """The ways a coding may be asked for: with its system, by the code alone, by the system alone."""
    if not system:
        return token(f"{name}~{code}"), token(f"{name}=|{code}")
    return token(f"{name}={system}|{code}"), token(f"{name}~{code}"), token(f"{name}:{system}")


_plain_coding: Final = lru_cache(maxsize=16384)(partial(_coding, plain))


class Hasher:
    """Hashes of one kind: plain, or keyed where the kind is sealed."""

    def __init__(self, keyed: Keyed | None = None) -> None:
        self._keyed = keyed
        self.token: Callable[[str], int] = plain
        self.coding: Callable[[str, str, str], tuple[int, ...]] = _plain_coding
        if keyed is not None:
            self.token = lru_cache(maxsize=16384)(_keyed_token(keyed))
            self.coding = partial(_coding, self.token)

    def identifier(self, system: str, value: str) -> bytes:
        """16 bytes for the identifier table: no accident joins two patients."""
        text = f"{system}|{value}".encode("utf-8", "replace")
        if self._keyed is not None:
            return self._keyed(text)[:16]
        return blake2b(text, digest_size=16).digest()


def _keyed_token(keyed: Keyed) -> Callable[[str], int]:
    return lambda text: _number(keyed(text.encode("utf-8", "replace")))
