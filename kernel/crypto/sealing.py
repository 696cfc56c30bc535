"""Sealing: SM4-GCM with a value's place as associated data, so that sealed fields cannot be swapped.

Format 1: 0x01 | key number (1 byte) | nonce (12 bytes) | ciphertext | tag (16 bytes).
"""

import os
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from kernel.crypto import keys
from kernel.errors import Unavailable

FORMAT: Final = 1
NONCE: Final = 12
TAG: Final = 16
OVERHEAD: Final = 2 + NONCE + TAG


class Unsealable(Unavailable):
    """A sealed value was altered, belongs elsewhere, or its key is gone (503, code `seal_broken`)."""

    code = "seal_broken"


def encrypt(key: bytes, nonce: bytes, plain: bytes, aad: bytes) -> bytes:
    """SM4-GCM: ciphertext, then tag."""
    cipher = Cipher(algorithms.SM4(key), modes.GCM(nonce)).encryptor()
    cipher.authenticate_additional_data(aad)
    return cipher.update(plain) + cipher.finalize() + cipher.tag


def decrypt(key: bytes, nonce: bytes, sealed: bytes, aad: bytes) -> bytes:
    """The plain text. Raises InvalidTag when one bit of anything differs."""
    cipher = Cipher(algorithms.SM4(key), modes.GCM(nonce, sealed[-TAG:])).decryptor()
    cipher.authenticate_additional_data(aad)
    return cipher.update(sealed[:-TAG]) + cipher.finalize()


def _aad(context: str, owner: UUID | str, number: int) -> bytes:
    return f"{context}:{owner}:{number}".encode()


def seal_bytes(context: str, owner: UUID | str, data: bytes) -> bytes:
    """Seal `data` as the value of `context` (`table.column`) of the row `owner`."""
    number, nonce = keys.current(), os.urandom(NONCE)
    key = keys.derived(f"seal/{context}", 16, number)
    return bytes([FORMAT, number]) + nonce + encrypt(key, nonce, data, _aad(context, owner, number))


def unseal_bytes(context: str, owner: UUID | str, blob: bytes | memoryview) -> bytes:
    """What was sealed for just this place. Raises Unsealable for anything else."""
    blob = bytes(blob)
    if len(blob) < OVERHEAD or blob[0] != FORMAT:
        raise Unsealable(detail={"context": context})
    number, nonce = blob[1], blob[2 : 2 + NONCE]
    try:
        key = keys.derived(f"seal/{context}", 16, number)
        return decrypt(key, nonce, blob[2 + NONCE :], _aad(context, owner, number))
    except (InvalidTag, LookupError):
        raise Unsealable(detail={"context": context}) from None


def seal(context: str, owner: UUID | str, text: str) -> bytes:
    """`seal_bytes` of a text in UTF-8."""
    return seal_bytes(context, owner, text.encode())


def unseal(context: str, owner: UUID | str, blob: bytes | memoryview) -> str:
    """The text behind `seal`. Raises Unsealable."""
    return unseal_bytes(context, owner, blob).decode()
