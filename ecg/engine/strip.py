"""The first frame, drawn by the server: millimetres are SVG units, so 25 mm/s and 10 mm/mV are true by construction."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from ecg.engine.record import MISSING, STANDARD, Samples

SPEED: Final = 25.0
GAIN: Final = 10.0
WIDTH: Final = 260
ROW: Final = 29
TOP: Final = 18
PULSE: Final = 6.0
COLUMNS: Final = (("I", "II", "III"), ("aVR", "aVL", "aVF"), ("V1", "V2", "V3"), ("V4", "V5", "V6"))
RHYTHM: Final = "II"
POINTS: Final = 3
"""Points drawn per millimetre: two extremes for each piece."""


@dataclass(frozen=True, slots=True)
class Trace:
    """One piece of one lead: SVG path data and where its name stands."""

    lead: str
    path: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Frame:
    """A 3×4+1 page of the first ten seconds, `width` × `height` millimetres."""

    width: int
    height: int
    pulses: tuple[str, ...]
    traces: tuple[Trace, ...]


def path(row: Samples, *, x: float, y: float, lsb: float, rate: int) -> str:
    """SVG path of samples beginning at (x, y) in mm: least and greatest value of each third of a millimetre."""
    step = max(1, round(rate / SPEED / POINTS))
    parts: list[str] = []
    pen: tuple[int, int] | None = None
    for start in range(0, row.size, step):
        piece = row[start : start + step]
        if (piece == MISSING).any():
            pen = None
            continue
        for place in sorted({int(np.argmin(piece)), int(np.argmax(piece))}):
            across = round(10 * (x + (start + place) * SPEED / rate))
            down = round(10 * (y - float(piece[place]) * lsb * GAIN / 1000))
            parts.append(moved(pen, across, down))
            pen = across, down
    return "".join(parts)


def moved(pen: tuple[int, int] | None, across: int, down: int) -> str:
    """The next point in tenths of a millimetre, relative to the pen where it is on the paper."""
    if pen is None:
        return f"M{across / 10:g} {down / 10:g}"
    right, below = (across - pen[0]) / 10, (down - pen[1]) / 10
    return f"l{right:g} {below:g}".replace("0.", ".").replace(" -", "-")


def pulse(y: float) -> str:
    """1 mV, 0.12 s."""
    return f"M1 {y}h1v-10h3v10h1"


def frame(*, leads: tuple[str, ...], samples: Samples, lsb: float, rate: int) -> Frame:
    """Four columns of 2.5 s in three rows, the rhythm lead below; absent leads leave their place empty."""
    levels = {name: level(row) for name, row in zip(leads, samples, strict=True)}
    span = (WIDTH - PULSE - 4) / len(COLUMNS)
    length = round(span / SPEED * rate)
    traces = []
    for column, names in enumerate(COLUMNS):
        for line, name in enumerate(names):
            if name in levels:
                row = samples[leads.index(name), column * length : (column + 1) * length]
                traces.append(
                    placed(name, row, levels[name], PULSE + column * span, TOP + line * ROW, lsb, rate)
                )
    rhythm = RHYTHM if RHYTHM in levels else next((name for name in STANDARD if name in levels), leads[0])
    row = samples[leads.index(rhythm), : round((WIDTH - PULSE - 4) / SPEED * rate)]
    traces.append(placed(rhythm, row, levels[rhythm], PULSE, TOP + 3 * ROW, lsb, rate))
    pulses = tuple(pulse(TOP + line * ROW) for line in range(4))
    return Frame(WIDTH, TOP + 3 * ROW + 15, pulses, tuple(traces))


def level(row: Samples) -> int:
    """The lead's own zero: its median, so that a drifted electrode stays on the paper."""
    there = row[row != MISSING]
    return int(np.median(there)) if there.size else 0


def placed(name: str, row: Samples, zero: int, x: float, y: float, lsb: float, rate: int) -> Trace:
    shifted = np.where(row == MISSING, MISSING, row.astype(np.int32) - zero)
    return Trace(name, path(shifted, x=x, y=y, lsb=lsb, rate=rate), x + 1, y - 10.5)
