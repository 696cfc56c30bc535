"""Sealed files under a new key: written anew beside the old one, compared, then put in its place."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from typing import BinaryIO

from kernel.crypto import Unsealable
from kernel.crypto.provider import provider
from kernel.crypto.sealing import OVERHEAD
from kernel.files.sealed import CHUNK, SealedReader, SealingWriter
from kernel.files.store import store
from kernel.models import StoredFile


def numbers_of(file: BinaryIO, size: int) -> set[int]:
    """Numbers of the keys the chunks of a sealed file of `size` plain bytes stand under."""
    found = set[int]()
    for place in range(max(1, -(-size // CHUNK))):
        file.seek(place * (CHUNK + OVERHEAD) + 1)
        found.update(file.read(1))
    return found


def numbers() -> dict[int, int]:
    """How many sealed files need which key."""
    found: Counter[int] = Counter()
    for row in _rows():
        try:
            with store().open(row.pk) as file:
                found.update(numbers_of(file, row.size))
        except FileNotFoundError:
            continue
    return dict(found)


def reseal_all() -> tuple[int, int]:
    """Seal every file anew that stands under an older key: how many, and how many could not be opened."""
    done = broken = 0
    for row in _rows():
        try:
            done += reseal(row)
        except (Unsealable, FileNotFoundError):
            broken += 1
    return done, broken


def reseal(row: StoredFile) -> bool:
    """Whether the file was sealed anew. Raises Unsealable, and leaves it, when its bytes are not those that came.

    Who reads it at this moment goes on with the old bytes: the store puts a whole file in a whole file's place.
    """
    raw = store().open(row.pk)
    with SealedReader(raw, row.pk, row.size) as plain:
        if numbers_of(raw, row.size) == {provider().current()}:
            return False
        digest = hashlib.sha256()
        with store().writing(row.pk) as draft:
            writer = SealingWriter(draft, row.pk)
            while piece := plain.read(CHUNK):
                digest.update(piece)
                writer.write(piece)
            writer.close()
            if digest.digest() != bytes(row.sha256):
                raise Unsealable(detail={"context": "kernel_storedfile.bytes"})
    return True


def _rows() -> Iterator[StoredFile]:
    return StoredFile.objects.filter(sealed=True).order_by("pk").iterator(chunk_size=500)
