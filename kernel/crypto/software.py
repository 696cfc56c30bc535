"""The provider of software: hashlib, cryptography and the system's libcrypto. Not a certified module."""

import hmac
import os

from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm

from kernel.crypto import keys, selftest, signing, sm4
from kernel.crypto.provider import Broken
from kernel.crypto.signer import Signer


class Software:
    """Keys from the folder of secrets, in the memory of this process."""

    name = "software"
    certified = False

    def current(self) -> int:
        return keys.current()

    def seal(self, purpose: str, number: int, plain: bytes, aad: bytes) -> bytes:
        mode = sm4.best()
        length, seal, _open = sm4.MODES[mode]
        nonce = os.urandom(sm4.NONCE)
        return bytes([mode, number]) + nonce + seal(_key(purpose, mode, length, number), nonce, plain, aad)

    def open(self, purpose: str, blob: bytes, aad: bytes) -> bytes:
        if len(blob) < 2 + sm4.NONCE + sm4.TAG or blob[0] not in sm4.MODES or blob[1] == keys.ROOT:
            raise Broken
        mode, number, nonce = blob[0], blob[1], blob[2 : 2 + sm4.NONCE]
        length, _seal, opened = sm4.MODES[mode]
        try:
            return opened(_key(purpose, mode, length, number), nonce, blob[2 + sm4.NONCE :], aad)
        except (InvalidTag, LookupError, UnsupportedAlgorithm) as error:
            raise Broken from error

    def mac(self, purpose: str, data: bytes, number: int | None = None) -> bytes:
        return hmac.digest(keys.derived(purpose, 32, number), data, "sm3")

    def random(self, count: int) -> bytes:
        return os.urandom(count)

    def signer(self) -> Signer:
        return signing.software()

    def self_test(self) -> None:
        selftest.run()


def _key(purpose: str, mode: int, length: int, number: int) -> bytes:
    """A key serves one mode: what GCM used is never used again in counter mode."""
    return keys.derived(purpose if mode == sm4.GCM else f"{purpose}/{mode}", length, number)
