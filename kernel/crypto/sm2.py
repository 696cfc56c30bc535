"""SM2 (GB/T 32918) through the system's libcrypto: keys as PEM, signatures as DER. No Django, no settings.

The wheels that carry their own OpenSSL cannot load SM2 keys, and the system's OpenSSL 3 can.
"""

import base64
import ctypes
import ctypes.util
from collections.abc import Callable
from functools import cache
from typing import Any, Final

USER_ID: Final = b"1234567812345678"
"""Default distinguishing identifier of GM/T 0009-2012."""


class Missing(Exception):
    """This machine's libcrypto cannot do SM2; the text says what is wrong."""


@cache
def library() -> ctypes.CDLL:
    """The system's libcrypto, with result types declared. Raises Missing."""
    name = ctypes.util.find_library("crypto") or "libcrypto.so.3"
    try:
        crypto = ctypes.CDLL(name)
        crypto.OpenSSL_version.restype = ctypes.c_char_p
        for function in POINTERS:
            getattr(crypto, function).restype = ctypes.c_void_p
    except (OSError, AttributeError) as error:
        raise Missing(f"{name}: {error}") from None
    return crypto


POINTERS: Final = (
    "BIO_new", "BIO_s_mem", "BIO_new_mem_buf", "EVP_MD_CTX_new", "EVP_PKEY_CTX_new",
    "EVP_PKEY_CTX_new_from_name", "EVP_sm3", "PEM_read_bio_PUBKEY", "PEM_read_bio_PrivateKey",
)  # fmt: skip


def _check(result: int, what: str) -> int:
    if result is None or result <= 0:
        raise Missing(f"libcrypto: {what} failed")
    return result


class Key:
    """An SM2 key held by libcrypto; freed with the object."""

    def __init__(self, pointer: int) -> None:
        self.pointer = ctypes.c_void_p(pointer)

    def __del__(self) -> None:
        library().EVP_PKEY_free(self.pointer)

    @classmethod
    def generate(cls) -> "Key":
        """A new private key. Raises Missing where libcrypto was built without SM2."""
        crypto = library()
        context = ctypes.c_void_p(crypto.EVP_PKEY_CTX_new_from_name(None, b"SM2", None))
        if not context:
            raise Missing("libcrypto knows no SM2")
        key = ctypes.c_void_p()
        try:
            _check(crypto.EVP_PKEY_keygen_init(context), "key generation")
            _check(crypto.EVP_PKEY_generate(context, ctypes.byref(key)), "key generation")
        finally:
            crypto.EVP_PKEY_CTX_free(context)
        return cls(int(key.value or 0))

    @classmethod
    def read(cls, pem: bytes) -> "Key":
        """A private key (PKCS#8) or a public key (SubjectPublicKeyInfo) from PEM."""
        crypto = library()
        read = crypto.PEM_read_bio_PrivateKey if b"PRIVATE KEY" in pem else crypto.PEM_read_bio_PUBKEY
        bio = ctypes.c_void_p(crypto.BIO_new_mem_buf(pem, len(pem)))
        pointer = read(bio, None, None, None)
        crypto.BIO_free(bio)
        return cls(_check(pointer, "reading of a key"))

    @classmethod
    def from_der(cls, der: bytes) -> "Key":
        """A public key from SubjectPublicKeyInfo in DER."""
        text = base64.encodebytes(der).decode()
        return cls.read(f"-----BEGIN PUBLIC KEY-----\n{text}-----END PUBLIC KEY-----\n".encode())

    def private_pem(self) -> bytes:
        """PKCS#8, not encrypted."""
        write = library().PEM_write_bio_PKCS8PrivateKey
        return _written(lambda bio: write(bio, self.pointer, None, None, 0, None, None))

    def public_pem(self) -> bytes:
        """SubjectPublicKeyInfo."""
        return _written(lambda bio: library().PEM_write_bio_PUBKEY(bio, self.pointer))

    def sign(self, data: bytes) -> bytes:
        """SM2 with SM3 over Z_A ‖ data: the DER signature."""
        crypto = library()
        with _Digest(self, crypto.EVP_DigestSignInit) as context:
            size = ctypes.c_size_t(0)
            _check(
                crypto.EVP_DigestSign(context, None, ctypes.byref(size), data, ctypes.c_size_t(len(data))),
                "sign",
            )
            out = ctypes.create_string_buffer(size.value)
            _check(
                crypto.EVP_DigestSign(context, out, ctypes.byref(size), data, ctypes.c_size_t(len(data))),
                "sign",
            )
            return out.raw[: size.value]

    def verify(self, data: bytes, signature: bytes) -> bool:
        """Whether `signature` is this key's over `data`."""
        crypto = library()
        with _Digest(self, crypto.EVP_DigestVerifyInit) as context:
            sizes = ctypes.c_size_t(len(signature)), ctypes.c_size_t(len(data))
            right = bool(crypto.EVP_DigestVerify(context, signature, sizes[0], data, sizes[1]) == 1)
            crypto.ERR_clear_error()
            return right


class _Digest:
    """A digest context set up for SM2 with the user id."""

    def __init__(self, key: Key, start: Callable[..., Any]) -> None:
        self.key, self.start = key, start

    def __enter__(self) -> ctypes.c_void_p:
        crypto = library()
        self.context = ctypes.c_void_p(crypto.EVP_MD_CTX_new())
        self.options = ctypes.c_void_p(crypto.EVP_PKEY_CTX_new(self.key.pointer, None))
        _check(crypto.EVP_PKEY_CTX_set1_id(self.options, USER_ID, len(USER_ID)), "user id")
        crypto.EVP_MD_CTX_set_pkey_ctx(self.context, self.options)
        _check(
            self.start(
                self.context,
                None,
                ctypes.c_void_p(crypto.EVP_sm3()),
                None,
                self.key.pointer,
            ),
            "SM3",
        )
        return self.context

    def __exit__(self, *_: object) -> None:
        crypto = library()
        crypto.EVP_MD_CTX_free(self.context)
        crypto.EVP_PKEY_CTX_free(self.options)


def _written(write: Callable[[ctypes.c_void_p], int]) -> bytes:
    crypto = library()
    bio = ctypes.c_void_p(crypto.BIO_new(ctypes.c_void_p(crypto.BIO_s_mem())))
    try:
        _check(write(bio), "writing of a key")
        out = ctypes.create_string_buffer(4096)
        length = _check(crypto.BIO_read(bio, out, 4096), "writing of a key")
        return out.raw[:length]
    finally:
        crypto.BIO_free(bio)
