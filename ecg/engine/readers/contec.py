"""Contec .ECG: header of 43 bytes, eight interleaved int16 at 800 Hz and 5 µV around 2048, footer of 37 bytes."""

from datetime import datetime
from typing import Final

import numpy as np

from ecg.engine.readers import Raw
from ecg.engine.record import INDEPENDENT, Said, UnreadableEcg

HEADER: Final = 43
FOOTER: Final = 37
RATE: Final = 800
STEP: Final = 5.0
ZERO: Final = 2048
NULL: Final = 0x6800


def read(data: bytes) -> Raw:
    """The leads that were attached; the null value marks one that was not. Raises UnreadableEcg."""
    body = data[HEADER : len(data) - FOOTER]
    if len(body) % 16 or data[-FOOTER:].strip(b"\0"):
        raise UnreadableEcg("damaged", "samples do not fill eight leads")
    values = np.frombuffer(body, "<i2").reshape(-1, 8).T
    signals = (values.astype(np.float64) - ZERO) * STEP
    signals[values == NULL] = np.nan
    leads = {
        name: signal for name, signal in zip(INDEPENDENT, signals, strict=True) if np.isfinite(signal).any()
    }
    if not leads or any(np.nanmax(np.abs(signal)) > 100_000 for signal in leads.values()):
        raise UnreadableEcg("damaged", "no lead with the amplitudes of a heart")
    return Raw(leads, STEP, RATE, Said(manufacturer="Contec", recorded_at=moment(data[10:29])))


def moment(stamp: bytes) -> datetime | None:
    try:
        return datetime.fromisoformat(stamp.decode("ascii"))
    except ValueError:
        return None
