"""Sealed streams: pieces that cannot be altered, moved, left out or taken from another backup. No plain byte on disk.

The key of a backup is random; it is wrapped under a key made of the passphrase (PBKDF2 over HMAC-SM3).
"""

import hashlib
import io
import os
import struct
from typing import TYPE_CHECKING, BinaryIO, Final

from cryptography.exceptions import InvalidTag

from kernel.crypto import sm4
from kernel.crypto.expanding import expand

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer

PIECE: Final = 1 << 20
ITERATIONS: Final = 600_000
SALT: Final = 16
HEAD: Final = struct.Struct(">I")


class Altered(Exception):
    """A piece of a backup is not as it was written, or the passphrase is another one."""


def wrapped(key: bytes, passphrase: str) -> dict[str, str | int]:
    """The key of a backup under a passphrase, for its manifest."""
    salt = os.urandom(SALT)
    blob = _shut(_kek(passphrase, salt, ITERATIONS), key, b"lianyi backup key")
    return {"kdf": "PBKDF2-HMAC-SM3", "iterations": ITERATIONS, "salt": salt.hex(), "key": blob.hex()}


def unwrapped(words: dict[str, str | int], passphrase: str) -> bytes:
    """The key of a backup. Raises Altered for another passphrase."""
    salt, blob = bytes.fromhex(str(words["salt"])), bytes.fromhex(str(words["key"]))
    return _opened(_kek(passphrase, salt, int(words["iterations"])), blob, b"lianyi backup key")


def _kek(passphrase: str, salt: bytes, iterations: int) -> bytes:
    return hashlib.pbkdf2_hmac("sm3", passphrase.encode(), salt, iterations)


def _shut(key: bytes, plain: bytes, aad: bytes) -> bytes:
    mode = sm4.best()
    length, seal, _open = sm4.MODES[mode]
    nonce = os.urandom(sm4.NONCE)
    return bytes([mode]) + nonce + seal(expand(key, f"backup/{mode}", length), nonce, plain, aad)


def _opened(key: bytes, blob: bytes, aad: bytes) -> bytes:
    try:
        length, _seal, opened = sm4.MODES[blob[0]]
        nonce, rest = blob[1 : 1 + sm4.NONCE], blob[1 + sm4.NONCE :]
        return opened(expand(key, f"backup/{blob[0]}", length), nonce, rest, aad)
    except (InvalidTag, KeyError, IndexError, ValueError) as error:
        raise Altered from error


def _aad(part: str, place: int, last: bool) -> bytes:
    return f"{part}:{place}:{'last' if last else 'more'}".encode()


class Writer(io.RawIOBase):
    """Takes plain bytes, writes sealed pieces of `part`, counts and hashes what it wrote."""

    def __init__(self, file: BinaryIO, key: bytes, part: str) -> None:
        self.file, self.key, self.part = file, key, part
        self.place, self.rest = 0, bytearray()
        self.size, self.digest = 0, hashlib.new("sm3")

    def writable(self) -> bool:
        return True

    def write(self, data: "ReadableBuffer", /) -> int:
        plain = bytes(data)
        self.rest += plain
        # One piece is kept back: only `close` knows that it was the last.
        while len(self.rest) > PIECE:
            self._piece(bytes(self.rest[:PIECE]), last=False)
            del self.rest[:PIECE]
        return len(plain)

    def close(self) -> None:
        if not self.closed:
            self._piece(bytes(self.rest), last=True)
            self.file.flush()
            os.fsync(self.file.fileno())
            self.file.close()
        super().close()

    def _piece(self, plain: bytes, *, last: bool) -> None:
        blob = _shut(self.key, plain, _aad(self.part, self.place, last))
        blob = HEAD.pack(len(blob)) + blob
        self.file.write(blob)
        self.digest.update(blob)
        self.size, self.place = self.size + len(blob), self.place + 1


class Reader(io.RawIOBase):
    """The plain bytes of a part, piece by piece. Raises Altered, also when the end is missing."""

    def __init__(self, file: BinaryIO, key: bytes, part: str) -> None:
        self.file, self.key, self.part = file, key, part
        self.place, self.rest, self.ended = 0, b"", False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        view = memoryview(buffer).cast("B")
        while not self.rest and not self.ended:
            self._piece()
        count = min(len(view), len(self.rest))
        view[:count] = self.rest[:count]
        self.rest = self.rest[count:]
        return count

    def _piece(self) -> None:
        head = self.file.read(HEAD.size)
        if len(head) < HEAD.size:
            raise Altered
        blob = self.file.read(HEAD.unpack(head)[0])
        try:
            self.rest = _opened(self.key, blob, _aad(self.part, self.place, False))
        except Altered:
            self.rest = _opened(self.key, blob, _aad(self.part, self.place, True))
            self.ended = True
            if self.file.read(1):
                raise Altered from None
        self.place += 1

    def close(self) -> None:
        self.file.close()
        super().close()
