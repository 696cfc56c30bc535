"""One key from another: HKDF-Expand over HMAC-SM3. No Django, no settings."""

import hmac
from functools import lru_cache


@lru_cache(maxsize=4096)
def expand(master: bytes, purpose: str, length: int) -> bytes:
    """HKDF-Expand (RFC 5869) over HMAC-SM3."""
    block, out = b"", b""
    for counter in range(1, -(-length // 32) + 1):
        block = hmac.digest(master, block + purpose.encode() + bytes([counter]), "sm3")
        out += block
    return out[:length]
