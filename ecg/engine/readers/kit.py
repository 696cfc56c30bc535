"""SCP-ECG, HL7 aECG, GE MUSE XML and Philips Sierra XML through ecgdatakit, held at arm's length."""

import tempfile
import warnings
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import numpy as np
from ecgdatakit.parsing.parsers.ge_muse_xml import GEMuseXMLParser
from ecgdatakit.parsing.parsers.hl7_aecg import HL7aECGParser
from ecgdatakit.parsing.parsers.scp_ecg import SCPECGParser
from ecgdatakit.parsing.parsers.sierra_xml import SierraXMLParser

from ecg.engine import leads as naming
from ecg.engine.readers import Raw
from ecg.engine.record import Said, Signal, UnreadableEcg

TO_MICROVOLT: Final = {"uV": 1.0, "mV": 1e3, "V": 1e6, "nV": 1e-3}


def parsed(parser: Any, data: bytes, suffix: str) -> Raw:
    """Run one parser on a private copy. Whatever it throws is a damaged file."""
    try:
        with warnings.catch_warnings(), tempfile.NamedTemporaryFile(suffix=suffix) as copy:
            warnings.simplefilter("ignore")
            copy.write(data)
            copy.flush()
            record = parser().parse(Path(copy.name))
            return raw_of(record)
    except UnreadableEcg:
        raise
    except Exception as error:
        raise UnreadableEcg("damaged", f"{type(error).__name__}: {error}"[:200]) from error


def raw_of(record: Any) -> Raw:
    leads: dict[str, Signal] = {}
    steps, rates = [], set()
    for lead in record.leads:
        unit = TO_MICROVOLT.get(lead.resolution_unit)
        if unit is None:
            continue  # a marker or pressure channel, not a lead
        leads.setdefault(lead.label, (lead.samples * lead.resolution + lead.offset) * unit)
        steps.append(lead.resolution * unit)
        rates.add(lead.sampling_rate)
    if not leads or len(rates) != 1:
        raise UnreadableEcg("damaged", "no lead with a unit and one sampling rate")
    return Raw(leads, min(steps), float(rates.pop()), said(record))


def said(record: Any) -> Said:
    patient, recording, device = record.patient, record.recording, record.recording.device
    filters = recording.acquisition.filters
    measured = {
        name: float(value) for name, value in record.measurements.to_dict().items() if value is not None
    }
    return Said(
        patient_id=str(patient.patient_id or ""),
        patient_name=f"{patient.last_name or ''}{patient.first_name or ''}",
        sex=str(patient.sex or ""),
        birth_date=f"{patient.birth_date:%Y%m%d}" if patient.birth_date else "",
        recorded_at=local(recording.date),
        manufacturer=str(device.manufacturer or ""),
        model=str(device.model or ""),
        serial_number=str(device.serial_number or ""),
        high_pass=filters.highpass,
        low_pass=filters.lowpass,
        notch=filters.notch if filters.notch_active else None,
        measurements=measured,
        statements=tuple(
            " ".join(part for part in pair if part)[:200] for pair in record.interpretation.statements
        )[:20],
    )


def local(moment: datetime | None) -> datetime | None:
    """Carts give local time; a zone, where one stands, is dropped after conversion by the caller's clock."""
    return moment.replace(tzinfo=None) if moment else None


def scp(data: bytes) -> Raw:
    """SCP-ECG. A record shorter than it declares is damaged; derived leads are computed by us, not by the library."""
    declared = int.from_bytes(data[2:6], "little")
    if declared > len(data) or declared < 200:
        raise UnreadableEcg("damaged", f"{len(data)} bytes, {declared} declared")
    return stored_only(parsed(SCPECGParser, data, ".scp"))


def stored_only(raw: Raw) -> Raw:
    """Leave out limb leads the library derived, so that every format derives them in one way."""
    kept = {name: signal for name, signal in raw.leads.items() if naming.canonical(name) not in naming.RULES}
    whole = {"I", "II"} <= {naming.canonical(name) for name in kept}
    return Raw(kept, raw.step, raw.rate, raw.said) if whole and len(kept) >= 8 else raw


def xml(data: bytes) -> bytes:
    """Refuse entity definitions before any parser sees them, in the codings of two bytes a character as well."""
    if b"<!ENTITY" in data.replace(b"\0", b""):
        raise UnreadableEcg("damaged", "entity definitions are not accepted")
    return data


def aecg(data: bytes) -> Raw:
    return parsed(HL7aECGParser, xml(data), ".xml")


def muse(data: bytes) -> Raw:
    return parsed(GEMuseXMLParser, xml(data), ".xml")


def sierra(data: bytes) -> Raw:
    """Philips appends a second with the calibration pulse: equal samples in all leads, no heart."""
    return without_pulse(parsed(SierraXMLParser, xml(data), ".xml"))


def without_pulse(raw: Raw) -> Raw:
    """Cut the end from where on all leads are equal, when that is at least 200 ms."""
    values = np.vstack(list(raw.leads.values()))
    differ = np.flatnonzero(np.ptp(values, axis=0) > raw.step / 2)
    end = int(differ[-1]) + 1 if differ.size else 0
    if len(raw.leads) < 2 or values.shape[1] - end < 0.2 * raw.rate:
        return raw
    return Raw({name: signal[:end] for name, signal in raw.leads.items()}, raw.step, raw.rate, raw.said)
