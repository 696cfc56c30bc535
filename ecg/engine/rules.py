"""Triage: which recordings somebody must see at once. Thresholds are data; every alert names the version it used."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from ecg.engine.measure import Measured


@dataclass(frozen=True, slots=True)
class Thresholds:
    """One version of the numbers; the default is the strictest union of provincial standards and the consensus."""

    version: str = "2026-11/1"
    brady: int = 35
    """≤ this mean ventricular rate (/min)."""
    pause: int = 3000
    """≥ this RR (ms)."""
    svt: int = 180
    """≥ this mean rate with narrow QRS (/min)."""
    wide_tachycardia: int = 150
    """≥ this mean rate with QRS ≥ 120 ms (/min)."""
    af_rate: int = 180
    """≥ this mean rate of an irregular rhythm without P (/min)."""
    preexcited_rr: int = 250
    """≤ this shortest RR of an irregular wide rhythm (ms)."""
    qtc: int = 550
    """≥ this QTc (Bazett, ms)."""
    st: int = 100
    """≥ this ST elevation in two neighbouring leads (µV); V1 to V3 need `st_septal`."""
    st_septal: int = 300
    fast: int = 130
    slow: int = 45
    """Beyond these rates a recording is looked at before others (/min)."""


DEFAULT: Final = Thresholds()
NEIGHBOURS: Final = (
    ("II", "III"), ("III", "aVF"), ("II", "aVF"), ("I", "aVL"), ("aVL", "V5"), ("I", "V6"),
    ("V1", "V2"), ("V2", "V3"), ("V3", "V4"), ("V4", "V5"), ("V5", "V6"),
)  # fmt: skip
SEPTAL: Final = frozenset({"V1", "V2", "V3"})
WIDE: Final = 120
IRREGULAR: Final = 0.12
TO_REPEAT: Final = ("lead_off", "gaps", "einthoven", "arms_swapped", "few_beats", "no_median_beat")


@dataclass(frozen=True, slots=True)
class Alert:
    """One finding of the machine. `critical` puts the recording into the red queue. `value` in the rule's unit."""

    code: str
    critical: bool
    value: int
    limit: int
    rule_version: str

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


Finding = tuple[str, int, int]


def no_p_and_irregular(found: Measured) -> bool:
    return found.p_waves is False and (found.irregular or 0) > IRREGULAR


def slow_or_paused(found: Measured, at: Thresholds) -> list[Finding]:
    hits = []
    if found.rate is not None and found.rate <= at.brady:
        hits.append(("BRADY", found.rate, at.brady))
    if found.rr_longest is not None and found.rr_longest >= at.pause:
        hits.append(("PAUSE", found.rr_longest, at.pause))
    return hits


def too_fast(found: Measured, at: Thresholds) -> list[Finding]:
    rate, qrs = found.rate or 0, found.qrs or 0
    if no_p_and_irregular(found) and qrs >= WIDE and (found.rr_shortest or 9999) <= at.preexcited_rr:
        return [("PREEXCITED_AF", found.rr_shortest or 0, at.preexcited_rr)]
    if no_p_and_irregular(found) and rate >= at.af_rate:
        return [("AF_RATE", rate, at.af_rate)]
    if qrs >= WIDE and rate >= at.wide_tachycardia:
        return [("VT", rate, at.wide_tachycardia)]
    return [("SVT", rate, at.svt)] if rate >= at.svt else []


def long_qt(found: Measured, at: Thresholds) -> list[Finding]:
    """QTc where it can be trusted: QRS below 120 ms, rate below 100, one shape of beats."""
    if (
        found.qtc_bazett is None
        or (found.qrs or 0) >= WIDE
        or (found.rate or 0) > 100
        or "mixed_beats" in found.flags
    ):
        return []
    return [("LONG_QT", found.qtc_bazett, at.qtc)] if found.qtc_bazett >= at.qtc else []


def st_elevation(found: Measured, at: Thresholds) -> list[Finding]:
    """Two neighbouring leads above their limits, not in wide beats (their ST follows the QRS)."""
    if (found.qrs or 0) >= WIDE or found.beats < 4:
        return []

    def over(lead: str) -> bool:
        return found.st.get(lead, 0) >= (at.st_septal if lead in SEPTAL else at.st)

    hits = [min(found.st[one], found.st[two]) for one, two in NEIGHBOURS if over(one) and over(two)]
    return [("ACUTE_MI", max(hits), at.st)] if hits else []


CRITICAL: Final[tuple[Callable[[Measured, Thresholds], list[Finding]], ...]] = (
    slow_or_paused,
    too_fast,
    long_qt,
    st_elevation,
)


def worth_a_look(found: Measured, at: Thresholds) -> list[Finding]:
    """What puts a recording into the yellow queue."""
    hits: list[Finding] = []
    if no_p_and_irregular(found):
        hits.append(("AF", round((found.irregular or 0) * 100), round(IRREGULAR * 100)))
    if found.rate is not None and found.rate >= at.fast:
        hits.append(("FAST", found.rate, at.fast))
    if found.rate is not None and found.rate <= at.slow:
        hits.append(("SLOW", found.rate, at.slow))
    if (found.qrs or 0) >= WIDE:
        hits.append(("WIDE_QRS", found.qrs or 0, WIDE))
    if found.pr is not None and found.pr > 220:
        hits.append(("LONG_PR", found.pr, 220))
    hits += [("SIGNAL", 0, 0)] if any(flag.split(":")[0] in TO_REPEAT for flag in found.flags) else []
    return hits


def triage(found: Measured, at: Thresholds = DEFAULT) -> tuple[Alert, ...]:
    """Alerts of one recording, critical ones first. A recording without beats is never cleared: NO_BEATS."""
    red = [hit for rule in CRITICAL for hit in rule(found, at)]
    if found.beats < 2:
        red.append(("NO_BEATS", found.beats, 2))
    yellow = worth_a_look(found, at)
    return tuple(
        Alert(code, critical, value, limit, at.version)
        for critical, hits in ((True, red), (False, yellow))
        for code, value, limit in hits
    )


def thresholds(row: Mapping[str, Any]) -> Thresholds:
    """A version from its stored form; unknown names are refused."""
    return Thresholds(**row)
