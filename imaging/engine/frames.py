"""Where each frame lies in the file, found once at ingest (PS3.5 §8, annex A.4)."""

import struct
from dataclasses import dataclass
from typing import Final

from imaging.engine.elements import UNDEFINED, Buffer, Unreadable

ITEM: Final = 0xFFFEE000
DELIMITER: Final = 0xFFFEE0DD
MAX_FRAMES: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Frames:
    """Spans in bytes of the file. `fragmented`: a span holds item headers that `strip` takes out."""

    offsets: tuple[int, ...] = ()
    lengths: tuple[int, ...] = ()
    fragmented: bool = False
    encapsulated: bool = False


def native(start: int, length: int, *, count: int, bits: int) -> Frames:
    """Frames of uncompressed pixels. `bits` = bits of one whole frame. Raises Unreadable when pixels are missing."""
    if bits <= 0:
        return Frames()
    if bits % 8 and count > 1:
        return Frames()
    size = (bits + 7) // 8
    if size * count > length:
        raise Unreadable("fewer pixels than the header announces")
    return Frames(tuple(start + index * size for index in range(count)), (size,) * count)


def encapsulated(buffer: Buffer, start: int, *, count: int) -> Frames:
    """Frames of compressed pixels: item walk, basic offset table, or the codec's end marks."""
    table, fragments = _items(buffer, start)
    if not fragments:
        raise Unreadable("compressed pixel data without a fragment")
    if len(fragments) == count:
        return Frames(
            tuple(at for at, _ in fragments), tuple(size for _, size in fragments), encapsulated=True
        )
    if count == 1:
        firsts = [0]
    elif len(table) == count:
        base = fragments[0][0] - 8
        places = {at - 8 - base: index for index, (at, _) in enumerate(fragments)}
        firsts = [places.get(offset, -1) for offset in table]
    else:
        firsts = _by_marks(buffer, fragments)
    if len(firsts) != count or firsts != sorted(set(firsts)) or firsts[0] != 0:
        raise Unreadable("fragments and frames do not agree")
    return _spans(fragments, firsts)


def strip(span: bytes) -> bytes:
    """One frame of a fragmented span: fragments joined, item headers gone."""
    parts, position = [], 0
    while position + 8 <= len(span):
        (size,) = struct.unpack_from("<I", span, position + 4)
        parts.append(span[position + 8 : position + 8 + size])
        position += 8 + size
    return b"".join(parts)


def _items(buffer: Buffer, start: int) -> tuple[tuple[int, ...], list[tuple[int, int]]]:
    position, size = start, len(buffer)
    table: tuple[int, ...] | None = None
    fragments: list[tuple[int, int]] = []
    while position + 8 <= size:
        group, element, length = struct.unpack_from("<HHI", buffer, position)
        tag, position = group << 16 | element, position + 8
        if tag == DELIMITER:
            return table or (), fragments
        if tag != ITEM or length == UNDEFINED or position + length > size or len(fragments) > MAX_FRAMES:
            raise Unreadable(f"no whole fragment at byte {position - 8}")
        if table is None:
            table = struct.unpack_from(f"<{length // 4}I", buffer, position)
        else:
            fragments.append((position, length))
        position += length
    raise Unreadable("compressed pixel data does not end")


def _by_marks(buffer: Buffer, fragments: list[tuple[int, int]]) -> list[int]:
    firsts = [0]
    for index, (at, size) in enumerate(fragments[:-1]):
        if buffer[at : at + size][-3:].rstrip(b"\0").endswith(b"\xff\xd9"):
            firsts.append(index + 1)
    return firsts


def _spans(fragments: list[tuple[int, int]], firsts: list[int]) -> Frames:
    lasts = [first - 1 for first in firsts[1:]] + [len(fragments) - 1]
    offsets = [fragments[first][0] - 8 for first in firsts]
    ends = [sum(fragments[last]) for last in lasts]
    lengths = [end - offset for offset, end in zip(offsets, ends, strict=True)]
    return Frames(tuple(offsets), tuple(lengths), fragmented=True, encapsulated=True)
