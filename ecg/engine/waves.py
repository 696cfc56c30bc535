"""Beginning and end of P, QRS and T on the median beat, over all leads at once.

QT here ends where the T wave of most leads has returned (tangent on the vector magnitude); carts that take the
latest lead read about 30 ms more.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.ndimage import uniform_filter1d
from scipy.signal import butter, sosfiltfilt

from ecg.engine.beats import RATE, Places
from ecg.engine.record import Signal

BEFORE: Final = round(0.36 * RATE)
LONGEST: Final = round(0.6 * RATE)
# Where a threshold on the vector of all leads is crossed lies inside the wave; the earliest and the latest lead of
# the cardiologists' marks (LUDB) lie this far outside, on the median over records, in samples.
ON_EARLIER: Final = 3
OFF_LATER: Final = 5
T_LATER: Final = 8
P_EARLIER: Final = 3
P_LATER: Final = 9
CALM: Final = butter(2, 40, "lowpass", fs=RATE, output="sos")
DRIFT: Final = butter(1, 0.4, "highpass", fs=RATE, output="sos")


@dataclass(frozen=True, slots=True)
class Marks:
    """Sample places on the median beat; the R peak stands at BEFORE. None = not found."""

    qrs_on: int
    qrs_off: int
    t_end: int | None = None
    t_peak: int | None = None
    p_on: int | None = None
    p_off: int | None = None


def milliseconds(samples: float) -> int:
    return round(samples * 1000 / RATE)


def calmed(signal: Signal) -> Signal:
    """Without what is faster than 40 Hz and what drifts slower than 0.4 Hz."""
    return np.asarray(sosfiltfilt(DRIFT, sosfiltfilt(CALM, signal, axis=1), axis=1))


def median_beat(signal: Signal, peaks: Places, rr: float) -> Signal | None:
    """Leads × time: the median of the given beats from 360 ms before R to 600 ms (or 0.75 RR) after it."""
    after = min(LONGEST, max(round(0.3 * RATE), round(0.75 * rr)))
    calm = calmed(signal)
    whole = [p for p in peaks if p >= BEFORE and p + after <= calm.shape[1]]
    if not whole:
        return None
    return np.asarray(np.median(np.stack([calm[:, p - BEFORE : p + after] for p in whole]), axis=0))


def levelled(beat: Signal, at: int) -> Signal:
    """The beat with each lead's level just before `at` taken as zero."""
    zone = beat[:, max(0, at - round(0.016 * RATE)) : at + 1]
    return np.asarray(beat - np.median(zone, axis=1, keepdims=True))


def size(beat: Signal) -> Signal:
    return np.asarray(np.sqrt(np.sum(np.square(beat), axis=0)))


def qrs(beat: Signal) -> tuple[int, int]:
    """First and last place where the vector of all leads moves fast."""
    speed = size(np.gradient(beat, axis=1))
    speed = np.asarray(uniform_filter1d(speed, 5))
    window = slice(BEFORE - round(0.1 * RATE), BEFORE + round(0.14 * RATE))
    top = float(speed[window].max())
    rest = float(np.percentile(speed, 25))
    start = BEFORE - round(0.12 * RATE) + int(np.argmax(speed[BEFORE - round(0.12 * RATE) : BEFORE + 20]))
    on = edge(speed, start, -1, max(0.07 * top, 1.5 * rest), BEFORE - round(0.14 * RATE))
    off = edge(
        speed, BEFORE, +1, max(0.09 * top, 1.5 * rest), min(beat.shape[1] - 1, BEFORE + round(0.2 * RATE))
    )
    return on, off


def edge(speed: Signal, start: int, step: int, floor: float, limit: int) -> int:
    """Walk from `start` until the speed stays under `floor` for 12 ms; never beyond `limit`."""
    calm, place = 0, start
    while place != limit:
        calm = calm + 1 if speed[place] < floor else 0
        if calm == 6:
            return place - step * 5
        place += step
    return limit


def t_wave(beat: Signal, off: int, rr: float) -> tuple[int | None, int | None]:
    """Peak and end of T: the steepest return of the vector, its tangent down to the level after it."""
    last = min(beat.shape[1] - 1, BEFORE + round(0.7 * rr))
    first = off + round(0.05 * RATE)
    if last - first < round(0.1 * RATE):
        return None, None
    height = np.asarray(uniform_filter1d(size(beat), 9))
    base = float(np.percentile(height[first:last], 5))
    peak = first + int(np.argmax(height[first : last - round(0.03 * RATE)]))
    if height[peak] - base < 40:
        return None, None
    fall = np.gradient(height)
    zone = fall[peak : min(last, peak + round(0.16 * RATE))]
    steep = peak + int(np.argmin(zone))
    if fall[steep] >= 0:
        return peak, None
    end = steep + (height[steep] - base) / -fall[steep]
    return peak, min(round(end), last)


def p_wave(beat: Signal, on: int, earliest: int) -> tuple[int | None, int | None]:
    """Beginning and end of P in the 300 ms before QRS, not before `earliest`; None when nothing stands out there."""
    first = max(round(0.02 * RATE), on - round(0.3 * RATE), earliest)
    last = on - round(0.02 * RATE)
    if last - first < round(0.08 * RATE):
        return None, None
    height = np.asarray(uniform_filter1d(size(beat), 9))
    peak = first + int(np.argmax(height[first:last]))
    ground = float(np.percentile(height[first:last], 15))
    if height[peak] - ground < 30 or peak - first < round(0.02 * RATE):
        return None, None
    rise = np.gradient(height)
    up = max(first, peak - round(0.09 * RATE))
    steep = up + int(np.argmax(rise[up : peak + 1]))
    if rise[steep] <= 0:
        return None, None
    begin = round(steep - (height[steep] - ground) / rise[steep])
    down = peak + int(np.argmin(rise[peak : min(on, peak + round(0.09 * RATE))]))
    end = down if rise[down] >= 0 else round(down + (height[down] - ground) / -rise[down])
    return max(first, begin), min(end, on)


def marks(beat: Signal, rr: float) -> Marks:
    """All places on one median beat."""
    on, off = qrs(beat)
    flat = levelled(beat, on)
    t_peak, t_end = t_wave(flat, off, rr)
    before = 0 if t_end is None else round(t_end - rr)
    p_on, p_off = p_wave(flat, on, before)
    begin = on - ON_EARLIER
    return Marks(
        qrs_on=begin,
        qrs_off=off + OFF_LATER,
        t_end=None if t_end is None else t_end + T_LATER,
        t_peak=t_peak,
        p_on=None if p_on is None else max(0, p_on - P_EARLIER),
        p_off=None if p_off is None else min(p_off + P_LATER, begin),
    )
