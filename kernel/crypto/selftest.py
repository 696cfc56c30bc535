"""Known-answer tests at start: a wrong answer stops the process before it touches a record."""

import hashlib
import hmac
import logging
from collections.abc import Callable
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from django.core.exceptions import ImproperlyConfigured

from kernel.crypto import expanding, sm2, sm4

log = logging.getLogger(__name__)

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
CTR_START: Final = bytes(range(16))
CTR_PLAIN: Final = bytes.fromhex("".join(letter * 16 for letter in "abcdefab"))
CTR_OUT: Final = (
    "ac3236cb970cc20791364c395a1342d1a3cbc1878c6f30cd074cce385cdd70c7"
    "f234bc0e24c11980fd1286310ce37b926e02fcd0faa0baf38b2933851d824514"
)
"""draft-ribose-cfrg-sm4, appendix A.2.5.1."""
LOCK_OUT: Final = (
    "a83047ec7c586537571e93d9c4875b80983d9b63feb88774e663577b2c8a56ac"
    "53b7ddb4c82391aa5d9498dd2d80ff397df64df15746ab24e620c5f5cc577042"
    "3deca24fcd97288886182998c4fe4f73"
)
"""Counter mode with the start of HMAC-SM3, computed with another program."""
HKDF_OUT: Final = "8f825411f79210558cd07baee5933b90262eaaf11aa23a4b87a982ea23b563ee6cd26546ab83b25f"
"""HKDF-Expand of RFC 5869 over SM3, computed with another library."""
SM2_TEXT: Final = b"message digest"
SM2_PUBLIC: Final = bytes.fromhex(
    "3059301306072a8648ce3d020106082a811ccf5501822d03420004"
    "09f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020"
    "ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13"
)
SM2_SIGNATURE: Final = bytes.fromhex(
    "3046022100f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3"
    "022100b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa"
)
"""GB/T 32918.5-2017, annex A.2: public key (SubjectPublicKeyInfo) and signature in DER."""


def run() -> None:
    """Raise ImproperlyConfigured naming the first algorithm whose answer is wrong or that is missing.

    A build without SM4-GCM seals with SM4 in counter mode and HMAC-SM3; one without SM2 starts and signs nothing.
    """
    for name, answer, expected in ANSWERS:
        if name in GCM_ONLY and sm4.best() != sm4.GCM:
            log.warning("this build has no SM4-GCM: SM4 in counter mode with HMAC-SM3 seals")
            continue
        try:
            right = answer() == expected
        except sm2.Missing as error:
            log.warning("no SM2 on this machine, nothing can be signed: %s", error)
            continue
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


def _refused(opened: Callable[[bytes, bytes, bytes, bytes], bytes], key: bytes, sealed: str) -> bool:
    """Whether a value with one bent bit, or with other associated data, stays shut."""
    good = bytes.fromhex(sealed)
    for bent, aad in ((good[:-1] + bytes([good[-1] ^ 1]), GCM_AAD), (good, GCM_AAD[:-1])):
        try:
            opened(key, GCM_NONCE, bent, aad)
        except InvalidTag:
            continue
        return False
    return True


def _sm2() -> tuple[bool, bool]:
    key = sm2.Key.from_der(SM2_PUBLIC)
    return key.verify(SM2_TEXT, SM2_SIGNATURE), key.verify(SM2_TEXT + b".", SM2_SIGNATURE)


def _sm2_pair() -> tuple[bool, bool]:
    key = sm2.Key.generate()
    made = key.sign(SM2_TEXT)
    return key.verify(SM2_TEXT, made), key.verify(SM2_TEXT, made[:-1] + bytes([made[-1] ^ 1]))


LOCK_KEY: Final = SM4_KEY + HMAC_KEY

ANSWERS: list[tuple[str, Callable[[], Any], Any]] = [
    ("SM3", lambda: hashlib.new("sm3", b"abc").hexdigest(), SM3_ABC),
    ("HMAC-SM3", lambda: hmac.digest(HMAC_KEY, HMAC_TEXT, "sm3").hex(), HMAC_SM3),
    ("HKDF-SM3", lambda: expanding.expand(bytes(range(32)), "lianyi/1/self-test", 40).hex(), HKDF_OUT),
    ("SM4", _sm4, SM4_OUT),
    ("SM4-GCM", lambda: sm4.encrypt(SM4_KEY, GCM_NONCE, GCM_PLAIN, GCM_AAD).hex(), GCM_OUT),
    ("SM4-GCM opening", lambda: sm4.decrypt(SM4_KEY, GCM_NONCE, bytes.fromhex(GCM_OUT), GCM_AAD), GCM_PLAIN),
    ("SM4-GCM refusing", lambda: _refused(sm4.decrypt, SM4_KEY, GCM_OUT), True),
    ("SM4-CTR", lambda: sm4.counter(SM4_KEY, CTR_START, CTR_PLAIN).hex(), CTR_OUT),
    ("SM4-CTR with HMAC", lambda: sm4.lock(LOCK_KEY, GCM_NONCE, GCM_PLAIN, GCM_AAD).hex(), LOCK_OUT),
    ("SM4-CTR refusing", lambda: _refused(sm4.unlock, LOCK_KEY, LOCK_OUT), True),
    ("SM2 verifying", _sm2, (True, False)),
    ("SM2 signing", _sm2_pair, (True, False)),
]
GCM_ONLY: Final = {"SM4-GCM", "SM4-GCM opening", "SM4-GCM refusing"}
