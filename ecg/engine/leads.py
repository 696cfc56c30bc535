"""Names of leads, the four limb leads a cart may leave out, and one scale for all."""

import re
from collections.abc import Mapping
from typing import Final

import numpy as np

from ecg.engine.record import MISSING, STANDARD, Samples, Signal, UnreadableEcg

_NAMES: Final = {name.upper(): name for name in (*STANDARD, "V7", "V8", "V9", "V3R", "V4R", "V5R")}
_NOISE: Final = re.compile(r"^(MDC_ECG_LEAD_|MDC_ECG_ELEC_POTL_|LEAD[ _-]*|ECG[ _-]*)|\(.*\)$", re.IGNORECASE)
RULES: Final = ("III", "aVR", "aVL", "aVF")


def canonical(label: str) -> str:
    """The standard name of a lead (`Lead I (Einthoven)` → `I`), or the label itself, at most 12 characters."""
    bare = _NOISE.sub("", _NOISE.sub("", label.strip())).strip().upper().replace(" ", "")
    return _NAMES.get(bare, label.strip()[:12] or "?")


def whole_steps(signal: Signal, step: float) -> Signal:
    """A computed lead in whole steps, cut towards zero as carts do, so that every copy of a recording is equal."""
    scaled = signal / step
    return np.trunc(scaled + np.copysign(1e-6, scaled)) * step


def derive(leads: Mapping[str, Signal], step: float) -> tuple[dict[str, Signal], tuple[str, ...]]:
    """All leads in standard order, missing limb leads computed from I and II (Einthoven, Goldberger), and which."""
    full = dict(leads)
    derived: list[str] = []
    if "I" in full and "II" in full:
        one, two = full["I"], full["II"]
        computed = {"III": two - one, "aVR": -(one + two) / 2, "aVL": one - two / 2, "aVF": two - one / 2}
        for name in RULES:
            if name not in full:
                full[name] = whole_steps(computed[name], step)
                derived.append(name)
    ordered = [name for name in STANDARD if name in full] + [name for name in full if name not in STANDARD]
    return {name: full[name] for name in ordered}, tuple(derived)


def counts(leads: Mapping[str, Signal], step: float) -> tuple[Samples, float]:
    """µV of each lead as int16 counts of one `lsb`: `step`, or a part of it where a lead does not fall on whole steps.

    Coarser than `step` only when the amplitude leaves int16. Raises UnreadableEcg for impossible amplitudes.
    """
    values = np.vstack(list(leads.values()))
    missing = ~np.isfinite(values)
    filled = np.where(missing, 0.0, values)
    peak = float(np.abs(filled).max(initial=0.0))
    if not np.isfinite(step) or step <= 0 or peak > 1e6:
        raise UnreadableEcg("units", f"step {step} µV, peak {peak} µV")
    scaled = filled / step
    lsb = step if np.abs(scaled - np.rint(scaled)).max(initial=0.0) < 1e-6 else step / 2
    while peak / lsb > 32000:
        lsb *= 2
    answer = np.rint(filled / lsb).astype(np.int16)
    answer[missing] = MISSING
    return answer, lsb
