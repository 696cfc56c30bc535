"""Can this recording be read? Faults of electrodes and lines, and conversions that broke Einthoven's law."""

from typing import Final

import numpy as np
from scipy.signal import butter, sosfiltfilt

from ecg.engine.beats import RATE
from ecg.engine.record import MISSING, STANDARD, Record, Signal

FAST: Final = butter(2, 40, "highpass", fs=RATE, output="sos")
NOISY: Final = 60.0
"""Root mean square above 40 Hz outside the steepest tenth, µV."""
EINTHOVEN: Final = 0.1
"""Allowed difference of II and I + III as a part of II's height: carts that filter each lead alone reach 0.06."""


def flags(record: Record, names: tuple[str, ...], signal: Signal) -> tuple[str, ...]:
    """Codes, each with the lead it concerns where it concerns one: `lead_off:V3`, `noisy:I`, `einthoven`."""
    found = [*lead_faults(record), *noisy(names, signal)]
    if einthoven_broken(record):
        found.append("einthoven")
    if limb_leads_swapped(names, signal):
        found.append("arms_swapped")
    return tuple(found)


def lead_faults(record: Record) -> list[str]:
    """Standard leads that are absent, flat, clipped or full of gaps."""
    found = [f"absent:{name}" for name in STANDARD if name not in record.leads]
    for name, row in zip(record.leads, record.samples, strict=True):
        gone = row == MISSING
        there = row[~gone]
        if gone.mean() > 0.02:
            found.append(f"gaps:{name}")
        if there.size == 0 or float(np.ptp(there.astype(np.int32))) * record.lsb < 20:
            found.append(f"lead_off:{name}")
        elif clipped(there):
            found.append(f"clipped:{name}")
    return found


def clipped(row: Signal) -> bool:
    """More than 1 % of the samples stand at an extreme value, in runs."""
    top, low = row.max(), row.min()
    stuck = ((row[1:] == top) & (row[:-1] == top)) | ((row[1:] == low) & (row[:-1] == low))
    return bool(stuck.mean() > 0.01) and int(top) - int(low) > 100


def noisy(names: tuple[str, ...], signal: Signal) -> list[str]:
    if signal.size == 0:
        return []
    fast = np.abs(sosfiltfilt(FAST, signal, axis=1))
    rest = np.where(fast <= np.percentile(fast, 90, axis=1, keepdims=True), fast, np.nan)
    level = np.sqrt(np.nanmean(np.square(rest), axis=1))
    return [f"noisy:{name}" for name, value in zip(names, level, strict=True) if value > NOISY]


def einthoven_broken(record: Record) -> bool:
    """II = I + III in stored leads; a violation means a wrong conversion, not noise."""
    if record.derived or not {"I", "II", "III"} <= set(record.leads):
        return False
    values = record.microvolts()
    one, two, three = (values[record.leads.index(name)] for name in ("I", "II", "III"))
    gap = two - one - three
    gap = np.abs(gap - np.nanmedian(gap))
    return bool(np.nanpercentile(gap, 95) > EINTHOVEN * np.nanmax(np.abs(two)) + 2 * record.lsb)


def limb_leads_swapped(names: tuple[str, ...], signal: Signal) -> bool:
    """Right and left arm exchanged: I is the mirror of V6 while II is not (in dextrocardia V6 is small)."""
    if not {"I", "II", "V6"} <= set(names):
        return False
    one, six = signal[names.index("I")], signal[names.index("V6")]
    slope_one, slope_six = np.diff(one), np.diff(six)
    if np.ptp(six) < 300 or np.ptp(one) < 150:
        return False
    alike = float(np.corrcoef(slope_one, slope_six)[0, 1])
    return alike < -0.6
