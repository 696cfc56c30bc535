"""One internal record, whatever cart it came from."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.int16]
Signal = NDArray[np.float64]

MISSING: Final = -32768
"""A sample the cart did not record; never drawn."""
STANDARD: Final = ("I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6")
INDEPENDENT: Final = ("I", "II", "V1", "V2", "V3", "V4", "V5", "V6")

MAX_BYTES: Final = 20 * 1024 * 1024
MAX_LEADS: Final = 24
RATES: Final = (100, 2000)
"""Sampling rates in Hz, both ends included."""
SECONDS: Final = (2.0, 180.0)


class UnreadableEcg(Exception):
    """The bytes are no ECG we can use. `code` says why:

    not_ecg (no reader knows it) · too_large · damaged (truncated or inconsistent) · leads · rate · length · units.
    """

    def __init__(self, code: str, detail: str = "") -> None:
        self.code = code
        self.detail = detail
        super().__init__(f"{code}: {detail}")


@dataclass(frozen=True, slots=True)
class Said:
    """What the file itself says: who, when, by which cart, what the cart measured and stated."""

    patient_id: str = ""
    patient_name: str = ""
    sex: str = ""
    birth_date: str = ""
    accession_number: str = ""
    recorded_at: datetime | None = None
    manufacturer: str = ""
    model: str = ""
    serial_number: str = ""
    high_pass: float | None = None
    low_pass: float | None = None
    notch: float | None = None
    measurements: Mapping[str, float] = field(default_factory=dict)
    statements: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Record:
    """A resting ECG: `samples` (leads × time) in counts of `lsb` microvolts at `rate` Hz.

    `derived` names the leads computed from stored ones; `sha256` is of the bytes as they came.
    """

    format: str
    leads: tuple[str, ...]
    samples: Samples
    lsb: float
    rate: int
    derived: tuple[str, ...]
    sha256: str
    said: Said

    @property
    def seconds(self) -> float:
        return float(self.samples.shape[1] / self.rate)

    def microvolts(self) -> Signal:
        """Leads × time in µV; missing samples are NaN."""
        values = self.samples.astype(np.float64) * self.lsb
        values[self.samples == MISSING] = np.nan
        return values


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
