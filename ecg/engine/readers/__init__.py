"""`read`: bytes of any cart → one Record, or UnreadableEcg with a code. Never a guess, never half a record."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from ecg.engine import leads as naming
from ecg.engine.record import (
    MAX_BYTES,
    MAX_LEADS,
    RATES,
    SECONDS,
    Record,
    Said,
    Signal,
    UnreadableEcg,
    digest,
)


@dataclass(frozen=True, slots=True)
class Raw:
    """What a reader found: µV per lead as labelled, the smallest step in µV, the rate in Hz."""

    leads: Mapping[str, Signal]
    step: float
    rate: float
    said: Said


def sniff(data: bytes) -> str:
    """The format by its first bytes, or an empty string."""
    head = data[:4096]
    if head[128:132] == b"DICM":
        return "dicom"
    if len(head) > 32 and head[16:22] == b"SCPECG":
        return "scp"
    text = head.lstrip(b"\xef\xbb\xbf \r\n\t")
    if text.startswith(b"<") or head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return sniff_xml(head)
    return "contec" if contec_like(data) else scp_by_length(data)


def sniff_xml(head: bytes) -> str:
    marks = ((b"AnnotatedECG", "aecg"), (b"RestingECG", "muse"), (b"restingecgdata", "sierra"))
    plain = head.replace(b"\0", b"")
    return next((name for mark, name in marks if mark in plain), "")


def scp_by_length(data: bytes) -> str:
    """SCP files without the SCPECG mark still declare their own length in bytes 2 to 5."""
    declared = int.from_bytes(data[2:6], "little")
    return "scp" if len(data) > 200 and declared == len(data) and data[6:8] != b"\0\0" else ""


def contec_like(data: bytes) -> bool:
    """A date at byte 10, then after 43 bytes eight interleaved int16 and 37 bytes of footer."""
    stamp = data[10:29]
    return len(data) > 16080 and stamp[4:5] == stamp[7:8] == b"-" and stamp[13:14] == stamp[16:17] == b":"


def reader(name: str) -> Callable[[bytes], Raw]:
    """The reader of one format; each is loaded when first needed."""
    if name == "dicom":
        from ecg.engine.readers import dicom  # lazy: pydicom

        return dicom.read
    if name == "contec":
        from ecg.engine.readers import contec  # lazy: beside the others

        return contec.read
    from ecg.engine.readers import kit  # lazy: ecgdatakit

    return {"scp": kit.scp, "aecg": kit.aecg, "muse": kit.muse, "sierra": kit.sierra}[name]


XML: Final = frozenset({"aecg", "muse", "sierra"})
MOST_TAGS: Final = 100_000
"""Samples stand in one element of a lead; a file of nothing but elements costs the parser half a minute."""


def read(data: bytes) -> Record:
    """One record of any known format. Raises UnreadableEcg."""
    if len(data) > MAX_BYTES:
        raise UnreadableEcg("too_large", f"{len(data)} bytes")
    if not data:
        raise UnreadableEcg("empty", "0 bytes")
    name = sniff(data)
    if not name:
        raise UnreadableEcg("not_ecg", "no known mark")
    if name in XML and data.count(b"<") > MOST_TAGS:
        raise UnreadableEcg("damaged", "more elements than any cart writes")
    return built(name, data, reader(name)(data))


def built(name: str, data: bytes, raw: Raw) -> Record:
    """Check the limits, name and complete the leads, put them on one scale."""
    check(raw)
    named: dict[str, Signal] = {}
    for label, signal in raw.leads.items():
        named.setdefault(naming.canonical(label), signal)
    full, derived = naming.derive(named, raw.step)
    samples, lsb = naming.counts(full, raw.step)
    return Record(name, tuple(full), samples, lsb, round(raw.rate), derived, digest(data), raw.said)


def check(raw: Raw) -> None:
    """Raise UnreadableEcg when a record leaves the limits of a resting ECG."""
    if not 1 <= len(raw.leads) <= MAX_LEADS:
        raise UnreadableEcg("leads", f"{len(raw.leads)}")
    if not RATES[0] <= raw.rate <= RATES[1] or abs(raw.rate - round(raw.rate)) > 1e-3:
        raise UnreadableEcg("rate", f"{raw.rate} Hz")
    lengths = {signal.shape[0] for signal in raw.leads.values()}
    if len(lengths) != 1:
        raise UnreadableEcg("damaged", "leads of unequal length")
    seconds = lengths.pop() / raw.rate
    if not SECONDS[0] <= seconds <= SECONDS[1]:
        raise UnreadableEcg("length", f"{seconds:.1f} s")
    if all(not np.isfinite(signal).any() or np.nanmax(np.abs(signal)) == 0 for signal in raw.leads.values()):
        raise UnreadableEcg("damaged", "no signal in any lead")
