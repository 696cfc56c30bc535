"""Sealed files: chunks of 1 MiB, each SM4-GCM with its place and whether it is the last as associated data.

A chunk cannot be altered, moved, left out at the end or taken from another file without being noticed.
"""

import io
from typing import TYPE_CHECKING, BinaryIO, Final
from uuid import UUID

from kernel.crypto.sealing import OVERHEAD, Unsealable, seal_bytes, unseal_bytes

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

CHUNK: Final = 1 << 20
CONTEXT: Final = "kernel_storedfile.bytes"


def _owner(pk: UUID, place: int, last: bool) -> str:
    return f"{pk}:{place}:{'last' if last else 'more'}"


class SealingWriter:
    """Takes plain bytes, writes sealed chunks; `close` writes the last one (an empty file has one, too)."""

    def __init__(self, file: BinaryIO, pk: UUID) -> None:
        self.file, self.pk = file, pk
        self.place, self.rest = 0, bytearray()

    def write(self, data: bytes) -> None:
        self.rest += data
        # One chunk is kept back: only `close` knows that it was the last.
        while len(self.rest) > CHUNK:
            self._chunk(bytes(self.rest[:CHUNK]), last=False)
            del self.rest[:CHUNK]

    def close(self) -> None:
        self._chunk(bytes(self.rest), last=True)
        self.rest.clear()

    def _chunk(self, data: bytes, *, last: bool) -> None:
        self.file.write(seal_bytes(CONTEXT, _owner(self.pk, self.place, last), data))
        self.place += 1


class SealedReader(io.RawIOBase):
    """Reads a sealed file as the plain bytes it holds, seekable; no plain byte touches the disk."""

    def __init__(self, file: BinaryIO, pk: UUID, size: int) -> None:
        self.file, self.pk, self.size = file, pk, size
        self.chunks = max(1, -(-size // CHUNK))
        self.position = 0
        self.known: tuple[int, bytes] = (-1, b"")

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self.position, io.SEEK_END: self.size}[whence]
        self.position = max(0, base + offset)
        return self.position

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        """Fill `buffer` from one chunk. Raises Unsealable when the chunk is not what was sealed here."""
        view = memoryview(buffer).cast("B")
        if self.position >= self.size:
            return 0
        place, start = divmod(self.position, CHUNK)
        data = self._plain(place)[start : start + len(view)]
        if not data:
            raise Unsealable(detail={"context": CONTEXT})
        view[: len(data)] = data
        self.position += len(data)
        return len(data)

    def _plain(self, place: int) -> bytes:
        if self.known[0] != place:
            self.file.seek(place * (CHUNK + OVERHEAD))
            blob = self.file.read(CHUNK + OVERHEAD)
            last = place == self.chunks - 1
            self.known = (place, unseal_bytes(CONTEXT, _owner(self.pk, place, last), blob))
        return self.known[1]

    def close(self) -> None:
        self.file.close()
        super().close()
