"""What we measure on a record, ourselves: rate, intervals, axes, rhythm, signal quality."""

from dataclasses import asdict, dataclass, field
from typing import Any, Final

import numpy as np

from ecg.engine import beats, quality, waves
from ecg.engine.beats import RATE, Places
from ecg.engine.record import Record, Signal

VERSION: Final = "1"
"""Changes when a number may change; stored with every measurement."""


@dataclass(frozen=True, slots=True)
class Measured:
    """Rates in beats per minute, intervals in ms, axes in degrees; None = cannot be said.

    `irregular` is the mean absolute difference of successive RR intervals over the mean RR; `peaks` are seconds.
    """

    version: str
    beats: int
    rate: int | None = None
    rr: int | None = None
    rr_longest: int | None = None
    rr_shortest: int | None = None
    irregular: float | None = None
    p: int | None = None
    pr: int | None = None
    qrs: int | None = None
    qt: int | None = None
    qtc_bazett: int | None = None
    qtc_fridericia: int | None = None
    axis: int | None = None
    st: dict[str, int] = field(default_factory=dict)
    """ST level at the J point + 40 ms per lead, µV."""
    p_waves: bool | None = None
    peaks: tuple[float, ...] = ()
    flags: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def analyse(record: Record) -> Measured:
    """All measurements of one record; about 8 ms of CPU for ten seconds."""
    names, signal = beats.prepared(record)
    flags = quality.flags(record, names, signal)
    peaks = beats.r_peaks(signal)
    if peaks.size < 2:
        return Measured(VERSION, int(peaks.size), flags=(*flags, "few_beats"), peaks=seconds(peaks))
    return measured(names, signal, peaks, flags)


def seconds(peaks: Places) -> tuple[float, ...]:
    return tuple(round(float(peak) / RATE, 3) for peak in peaks)


def measured(names: tuple[str, ...], signal: Signal, peaks: Places, flags: tuple[str, ...]) -> Measured:
    rr = np.diff(peaks)
    normal = beats.alike(signal, peaks)
    beat = waves.median_beat(signal, peaks[normal], float(np.median(rr)))
    rhythm: dict[str, Any] = {
        "version": VERSION,
        "beats": int(peaks.size),
        "rate": round(60 * RATE / float(rr.mean())),
        "rr": waves.milliseconds(float(np.median(rr))),
        "rr_longest": waves.milliseconds(longest_gap(peaks, signal.shape[1])),
        "rr_shortest": waves.milliseconds(float(rr.min())),
        "irregular": irregularity(rr),
        "peaks": seconds(peaks),
    }
    if beat is None or signal.shape[0] < 2:
        return Measured(**rhythm, flags=(*flags, "no_median_beat"))
    if normal.sum() < 0.6 * peaks.size:
        flags = (*flags, "mixed_beats")
    return Measured(**rhythm, **intervals(names, signal, peaks[normal], beat, rr), flags=flags)


def longest_gap(peaks: Places, length: int) -> float:
    """The longest time without a beat, the record's ends included."""
    return float(max(np.diff(peaks).max(), peaks[0], length - peaks[-1]))


def irregularity(rr: Places) -> float | None:
    if rr.size < 3:
        return None
    return round(float(np.abs(np.diff(rr)).mean() / rr.mean()), 3)


def intervals(
    names: tuple[str, ...], signal: Signal, peaks: Places, beat: Signal, rr: Places
) -> dict[str, Any]:
    """Intervals of the median beat. PR and P only where P waves precede the beats."""
    mean = float(rr.mean())
    found = waves.marks(beat, float(np.median(rr)))
    atrial = p_follows(signal, peaks, found)
    flat = waves.levelled(beat, found.qrs_on)
    qt = None if found.t_end is None else waves.milliseconds(found.t_end - found.qrs_on)
    answer: dict[str, Any] = {
        "qrs": waves.milliseconds(found.qrs_off - found.qrs_on),
        "qt": qt,
        "axis": axis(names, flat, found),
        "st": st_levels(names, flat, found.qrs_off),
        "p_waves": atrial,
    }
    if qt is not None:
        interval = mean / RATE
        answer["qtc_bazett"] = round(qt / interval**0.5)
        answer["qtc_fridericia"] = round(qt / interval ** (1 / 3))
    if atrial and found.p_on is not None and found.p_off is not None:
        answer["pr"] = waves.milliseconds(found.qrs_on - found.p_on)
        answer["p"] = waves.milliseconds(found.p_off - found.p_on)
    return answer


def p_follows(signal: Signal, peaks: Places, found: waves.Marks) -> bool:
    """Whether the wave before QRS comes with every beat: single beats must look like their median there."""
    if found.p_on is None or found.p_off is None:
        return False
    calm = waves.calmed(signal)
    first = max(0, found.p_on - round(0.03 * RATE))
    cut = [
        calm[:, p - waves.BEFORE + first : p - waves.BEFORE + found.qrs_on]
        for p in peaks
        if waves.BEFORE <= p < calm.shape[1]
    ]
    if len(cut) < 3:
        return True
    zone = np.stack(cut) - np.stack(cut).mean(axis=2, keepdims=True)
    middle = np.median(zone, axis=0)
    alike = [
        float(np.sum(one * middle) / (np.linalg.norm(one) * np.linalg.norm(middle) + 1e-9)) for one in zone
    ]
    return float(np.median(alike)) > 0.6


def axis(names: tuple[str, ...], flat: Signal, found: waves.Marks) -> int | None:
    """Direction of the net QRS area in the frontal plane, from I and aVF = II − I/2."""
    if "I" not in names or "II" not in names:
        return None
    area = flat[:, found.qrs_on : found.qrs_off].sum(axis=1)
    one, two = area[names.index("I")], area[names.index("II")]
    foot = (two - one / 2) * 2 / 3**0.5
    return round(float(np.degrees(np.arctan2(foot, one))))


def st_levels(names: tuple[str, ...], flat: Signal, off: int) -> dict[str, int]:
    """µV at J + 40 ms in every standard lead that can be had."""
    place = min(off + round(0.04 * RATE), flat.shape[1] - 1)
    levels = {
        name: round(float(flat[row, max(0, place - 2) : place + 3].mean())) for row, name in enumerate(names)
    }
    if "I" in levels and "II" in levels:
        one, two = levels["I"], levels["II"]
        levels |= {"III": two - one, "aVL": round(one - two / 2), "aVF": round(two - one / 2)}
    return levels
