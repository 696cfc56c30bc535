"""Known-answer tests at start: a wrong answer stops the process before it touches a record."""

import hashlib
import hmac
from collections.abc import Callable
from typing import Any, Final

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from django.core.exceptions import ImproperlyConfigured

from kernel.crypto import sealing

SM3_ABC: Final = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
"""GB/T 32905-2016, example 1."""
HMAC_KEY: Final = bytes(range(1, 33))
HMAC_TEXT: Final = b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq" * 2
HMAC_SM3: Final = "ca05e144ed05d1857840d1f318a4a8669e559fc8391f414485bfdf7bb408963a"
"""GM/T 0042-2015, annex D.3."""
SM4_KEY: Final = bytes.fromhex("0123456789abcdeffedcba9876543210")
SM4_OUT: Final = "681edf34d206965e86b3e94f536e4246"
"""GB/T 32907-2016, example 1: the key is also the plain text."""
GCM_NONCE: Final = bytes.fromhex("00001234567800000000abcd")
GCM_AAD: Final = bytes.fromhex("feedfacedeadbeeffeedfacedeadbeefabaddad2")
GCM_PLAIN: Final = bytes.fromhex(
    "aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccdddddddddddddddd"
    "eeeeeeeeeeeeeeeeffffffffffffffffeeeeeeeeeeeeeeeeaaaaaaaaaaaaaaaa"
)
GCM_OUT: Final = (
    "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735"
    "d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d"
    "83de3541e4c2b58177e065a9bf7b62ec"
)
"""RFC 8998, appendix A.1, ciphertext and tag."""


def run() -> None:
    """Raise ImproperlyConfigured naming the first algorithm whose answer is wrong or that is missing."""
    for name, answer, expected in ANSWERS:
        try:
            right = answer() == expected
        except Exception as error:
            raise ImproperlyConfigured(
                f"cryptographic self-test: {name} is not available ({error})"
            ) from error
        if not right:
            raise ImproperlyConfigured(f"cryptographic self-test: {name} gives a wrong answer")


def _sm4() -> str:
    # One block with a published answer; nothing is kept secret by it.
    block = Cipher(algorithms.SM4(SM4_KEY), modes.ECB()).encryptor()  # noqa: S305 - the standard's vector
    return (block.update(SM4_KEY) + block.finalize()).hex()


ANSWERS: list[tuple[str, Callable[[], Any], Any]] = [
    ("SM3", lambda: hashlib.new("sm3", b"abc").hexdigest(), SM3_ABC),
    ("HMAC-SM3", lambda: hmac.digest(HMAC_KEY, HMAC_TEXT, "sm3").hex(), HMAC_SM3),
    ("SM4", _sm4, SM4_OUT),
    (
        "SM4-GCM",
        lambda: sealing.encrypt(SM4_KEY, GCM_NONCE, GCM_PLAIN, GCM_AAD).hex(),
        GCM_OUT,
    ),
    (
        "SM4-GCM opening",
        lambda: sealing.decrypt(SM4_KEY, GCM_NONCE, bytes.fromhex(GCM_OUT), GCM_AAD),
        GCM_PLAIN,
    ),
]
