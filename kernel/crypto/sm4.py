"""SM4 in two modes with one length: GCM, and where a build lacks it counter mode with HMAC-SM3 over it.

A sealed value is its format (1 byte), the number of its master (1), a nonce (12), as many bytes as the plain text
has, and a tag (16). Both modes open wherever they can; `best` says which one seals on this machine.
"""

import hmac
import struct
from functools import cache
from typing import Final

from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

GCM: Final = 1
CTR_HMAC: Final = 2
NONCE: Final = 12
TAG: Final = 16
FIRST_BLOCK: Final = bytes(4)
"""Counter mode starts at zero behind the nonce; a value may have 2^32 blocks."""


def encrypt(key: bytes, nonce: bytes, plain: bytes, aad: bytes) -> bytes:
    """SM4-GCM (RFC 8998): ciphertext, then tag."""
    cipher = Cipher(algorithms.SM4(key), modes.GCM(nonce)).encryptor()
    cipher.authenticate_additional_data(aad)
    return cipher.update(plain) + cipher.finalize() + cipher.tag


def decrypt(key: bytes, nonce: bytes, sealed: bytes, aad: bytes) -> bytes:
    """The plain text. Raises InvalidTag when one bit of anything differs."""
    cipher = Cipher(algorithms.SM4(key), modes.GCM(nonce, sealed[-TAG:])).decryptor()
    cipher.authenticate_additional_data(aad)
    return cipher.update(sealed[:-TAG]) + cipher.finalize()


def counter(key: bytes, start: bytes, data: bytes) -> bytes:
    """SM4 in counter mode from a block of 16 bytes; its own inverse."""
    cipher = Cipher(algorithms.SM4(key), modes.CTR(start)).encryptor()
    return cipher.update(data) + cipher.finalize()


def lock(key: bytes, nonce: bytes, plain: bytes, aad: bytes) -> bytes:
    """Encrypt, then MAC, with the two halves of a key of 48 bytes: ciphertext, then tag."""
    body = counter(key[:16], nonce + FIRST_BLOCK, plain)
    return body + _tag(key[16:], nonce, body, aad)


def unlock(key: bytes, nonce: bytes, sealed: bytes, aad: bytes) -> bytes:
    """The inverse of `lock`. Raises InvalidTag before a byte is decrypted."""
    body, tag = sealed[:-TAG], sealed[-TAG:]
    if not hmac.compare_digest(tag, _tag(key[16:], nonce, body, aad)):
        raise InvalidTag
    return counter(key[:16], nonce + FIRST_BLOCK, body)


def _tag(key: bytes, nonce: bytes, body: bytes, aad: bytes) -> bytes:
    # The length of what is only authenticated keeps it apart from what is encrypted.
    return hmac.digest(key, struct.pack(">Q", len(aad)) + aad + nonce + body, "sm3")[:TAG]


MODES: Final = {GCM: (16, encrypt, decrypt), CTR_HMAC: (48, lock, unlock)}
"""Format: length of its key, seal, open."""


@cache
def best() -> int:
    """The format that seals on this machine: GCM where the build has it."""
    try:
        encrypt(bytes(16), bytes(NONCE), b"", b"")
    except UnsupportedAlgorithm:
        return CTR_HMAC
    return GCM
