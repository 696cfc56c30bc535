"""Samples for storage and for the viewer: what I and II imply taken out, first differences, bytes apart, gzip."""

import gzip
import json
import struct
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ecg.engine.record import Samples

MAGIC: Final = b"LYE1"
HEAD: Final = struct.Struct("<4sI")


def implied(leads: tuple[str, ...], wide: NDArray[np.int64]) -> NDArray[np.int64]:
    """For each lead what I and II say it is (cut towards zero), 0 where they say nothing."""
    guess = np.zeros_like(wide)
    if "I" in leads and "II" in leads:
        one, two = wide[leads.index("I")], wide[leads.index("II")]
        said = {
            "III": two - one,
            "aVR": -np.sign(one + two) * (np.abs(one + two) // 2),
            "aVL": np.sign(2 * one - two) * (np.abs(2 * one - two) // 2),
            "aVF": np.sign(2 * two - one) * (np.abs(2 * two - one) // 2),
        }
        for name, row in said.items():
            if name in leads:
                guess[leads.index(name)] = row
    return guess


def pack(*, leads: tuple[str, ...], samples: Samples, lsb: float, rate: int) -> bytes:
    """gzip of: `LYE1`, length of the JSON head (uint32 LE), the head {leads, n, lsb, rate}, low bytes, high bytes.

    Limb leads III, aVR, aVL, aVF are replaced by their difference to what I and II imply (`implied`), then each lead
    by its first difference (modulo 65536), leads one after another. About 25 kB for twelve leads of ten seconds.
    """
    head = json.dumps(
        {"leads": leads, "n": samples.shape[1], "lsb": lsb, "rate": rate}, separators=(",", ":")
    ).encode()
    wide = samples.astype(np.int64)
    steps = np.diff(wide - implied(leads, wide), axis=1, prepend=0).astype(np.int16).view(np.uint16).ravel()
    low, high = (steps & 0xFF).astype(np.uint8), (steps >> 8).astype(np.uint8)
    return gzip.compress(HEAD.pack(MAGIC, len(head)) + head + low.tobytes() + high.tobytes(), 6, mtime=0)


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
    leads = tuple(head["leads"])
    wide = np.cumsum(steps.astype(np.int64), axis=1)
    samples = (wide + implied(leads, wide.astype(np.int16).astype(np.int64))).astype(np.int16)
    return leads, samples, float(head["lsb"]), int(head["rate"])
