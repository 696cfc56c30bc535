"""Samples for storage and for the viewer: first differences, low and high bytes apart, gzip."""

import gzip
import json
import struct
from typing import Final

import numpy as np

from ecg.engine.record import Samples

MAGIC: Final = b"LYE1"
HEAD: Final = struct.Struct("<4sI")


def pack(*, leads: tuple[str, ...], samples: Samples, lsb: float, rate: int) -> bytes:
    """gzip of: `LYE1`, length of the JSON head (uint32 LE), the head {leads, n, lsb, rate}, the low bytes, the high bytes.

    Each lead's int16 samples are replaced by their first difference (modulo 65536), leads one after another.
    About 30 kB for twelve leads of ten seconds.
    """
    head = json.dumps({"leads": leads, "n": samples.shape[1], "lsb": lsb, "rate": rate}, separators=(",", ":")).encode()
    wide = samples.astype(np.int32)
    steps = np.diff(wide, axis=1, prepend=0).astype(np.int16).view(np.uint16).ravel()
    low, high = (steps & 0xFF).astype(np.uint8), (steps >> 8).astype(np.uint8)
    return gzip.compress(HEAD.pack(MAGIC, len(head)) + head + low.tobytes() + high.tobytes(), 9, mtime=0)


def unpack(body: bytes) -> tuple[tuple[str, ...], Samples, float, int]:
    """The inverse of `pack`: leads, samples (leads × time), lsb in µV, rate in Hz."""
    plain = gzip.decompress(body)
    magic, length = HEAD.unpack_from(plain)
    if magic != MAGIC:
        raise ValueError("not packed samples")
    head = json.loads(plain[HEAD.size : HEAD.size + length])
    count = len(head["leads"]) * head["n"]
    start = HEAD.size + length
    low = np.frombuffer(plain, np.uint8, count, start).astype(np.uint16)
    high = np.frombuffer(plain, np.uint8, count, start + count).astype(np.uint16)
    steps = (low | high << 8).view(np.int16).reshape(len(head["leads"]), head["n"])
    samples = np.cumsum(steps.astype(np.int64), axis=1).astype(np.int16)
    return tuple(head["leads"]), samples, float(head["lsb"]), int(head["rate"])
