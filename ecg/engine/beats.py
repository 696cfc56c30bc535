"""Where the ventricles beat: one detector over all leads, and which beats look alike."""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter1d, uniform_filter1d
from scipy.signal import butter, find_peaks, resample_poly, sosfiltfilt

from ecg.engine.record import INDEPENDENT, Record, Signal

Places = NDArray[np.intp]

RATE: Final = 500
"""Everything is measured at 500 Hz; other rates are resampled."""
APART: Final = round(0.22 * RATE)
BAND: Final = butter(2, (8, 30), "bandpass", fs=RATE, output="sos")
SMOOTH: Final = butter(2, (0.5, 40), "bandpass", fs=RATE, output="sos")


def prepared(record: Record) -> tuple[tuple[str, ...], Signal]:
    """The independent leads at 500 Hz in µV, gaps bridged. Leads that are flat or absent are left out."""
    values = record.microvolts()
    names, rows = [], []
    for name in INDEPENDENT:
        if name in record.leads:
            row = bridged(values[record.leads.index(name)])
            if row is not None and np.ptp(row) > 20:
                names.append(name)
                rows.append(row)
    if not rows:
        return (), np.empty((0, 0))
    signal = np.vstack(rows)
    if record.rate != RATE:
        common = int(np.gcd(RATE, record.rate))
        signal = resample_poly(signal, RATE // common, record.rate // common, axis=1)
    return tuple(names), signal


def bridged(row: Signal) -> Signal | None:
    """A lead with its gaps joined by straight lines; None when half of it is missing."""
    there = np.isfinite(row)
    if there.mean() < 0.5:
        return None
    if there.all():
        return row
    places = np.arange(row.size)
    return np.asarray(np.interp(places, places[there], row[there]))


def activity(signal: Signal) -> Signal:
    """Slope of all leads together, leads weighted alike, in a window of 80 ms."""
    band = sosfiltfilt(BAND, signal, axis=1)
    slope = np.diff(band, axis=1, prepend=band[:, :1])
    size = np.percentile(np.abs(slope), 98, axis=1, keepdims=True)
    energy = np.sqrt(np.mean(np.square(slope / np.maximum(size, 1e-9)), axis=0))
    return np.asarray(uniform_filter1d(energy, round(0.08 * RATE)))


def r_peaks(signal: Signal) -> Places:
    """Sample numbers (at 500 Hz) of the ventricular beats."""
    if signal.size == 0:
        return np.empty(0, np.intp)
    energy = activity(signal)
    tops, found = find_peaks(energy, distance=APART, height=0)
    if tops.size == 0:
        return np.empty(0, np.intp)
    heights = found["peak_heights"]
    local = maximum_filter1d(energy, 3 * RATE)
    strong = np.sort(heights)[-max(2, tops.size // 3) :]
    floor = 0.32 * min(float(np.median(strong)), float(heights.max()))
    kept = tops[(heights > floor) & (heights > 0.3 * local[tops])]
    return refined(signal, without_t_waves(kept, energy))


def without_t_waves(tops: Places, energy: Signal) -> Places:
    """A weak peak within 360 ms after a strong one is its T wave."""
    kept: list[int] = []
    for top in tops:
        if kept and top - kept[-1] < 0.36 * RATE and energy[top] < 0.6 * energy[kept[-1]]:
            continue
        kept.append(int(top))
    return np.array(kept, np.intp)


def refined(signal: Signal, tops: Places) -> Places:
    """Each beat at the greatest deflection of all leads within ±60 ms."""
    smooth = sosfiltfilt(SMOOTH, signal, axis=1)
    size = np.sqrt(np.sum(np.square(smooth), axis=0))
    reach = round(0.06 * RATE)
    places = [
        max(0, top - reach) + int(np.argmax(size[max(0, top - reach) : top + reach + 1])) for top in tops
    ]
    return np.unique(np.array(places, np.intp))


def alike(signal: Signal, peaks: Places) -> NDArray[np.bool_]:
    """Which beats belong to the most frequent shape (correlation of all leads ≥ 0.85 in ±100 ms)."""
    reach = round(0.1 * RATE)
    whole: NDArray[np.bool_] = (peaks >= reach) & (peaks < signal.shape[1] - reach)
    if whole.sum() < 2:
        return whole
    cut = np.stack([signal[:, p - reach : p + reach] for p in peaks[whole]])
    cut = cut - np.median(cut, axis=2, keepdims=True)
    flat = cut.reshape(cut.shape[0], -1)
    flat = flat / np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1e-9)
    close = flat @ flat.T >= 0.85
    centre = int(np.argmax(close.sum(axis=1)))
    answer = np.zeros(peaks.size, bool)
    answer[np.flatnonzero(whole)] = close[centre]
    return answer
