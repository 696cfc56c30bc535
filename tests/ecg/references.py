"""Real records that lie outside the project; tests that need them skip when they are not there."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from config.local.places import ROOT
from ecg.engine import leads as naming
from ecg.engine.record import Record, Said, Signal

PLACE = ROOT.parent / "shared" / "data" / "ecg"
needs_records = pytest.mark.skipif(not PLACE.is_dir(), reason=f"the ECG records are not at {PLACE}")


def reference(folder: str) -> dict[str, Any]:
    path = PLACE / folder / "reference.json"
    return dict(json.loads(path.read_text())) if path.is_file() else {}


def wfdb(path: Path) -> Record:
    """A WFDB record (formats 16 and 212) of one signal file as a Record of 1 µV steps."""
    lines = path.with_suffix(".hea").read_text().splitlines()
    _name, number, rate, length = lines[0].split()[:4]
    signals = [line.split() for line in lines[1 : 1 + int(number)]]
    raw = (path.parent / signals[0][0]).read_bytes()
    counts = decoded(signals[0][1], raw, int(number), int(length))
    leads = {
        naming.canonical(words[-1]): microvolts(row, words[2])
        for words, row in zip(signals, counts, strict=True)
    }
    full, derived = naming.derive(leads, 1.0)
    samples, lsb = naming.counts(full, 1.0)
    return Record("dicom", tuple(full), samples, lsb, int(float(rate.split("/")[0])), derived, "", Said())


def decoded(kind: str, raw: bytes, number: int, length: int) -> Any:
    kind, _plus, offset = kind.partition("+")
    if kind == "16":
        return np.frombuffer(raw, "<i2", number * length, int(offset or 0)).reshape(length, number).T
    triples = np.frombuffer(raw, np.uint8)[: number * length * 3 // 2].astype(int).reshape(-1, 3)
    first, second = triples[:, 0] | (triples[:, 1] & 15) << 8, triples[:, 2] | triples[:, 1] >> 4 << 8
    values = np.stack([first, second], 1).ravel()
    values[values > 2047] -= 4096
    return values.reshape(length, number).T


def microvolts(row: Any, gain: str) -> Signal:
    """Counts to µV by `gain(baseline)/unit`, the unit being mV."""
    scale, _bracket, rest = gain.partition("/")[0].partition("(")
    zero = int(rest.rstrip(")")) if rest else 0
    return np.asarray((row - zero) / float(scale) * 1000)
