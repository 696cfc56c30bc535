"""DICOM waveforms: 12-lead, General, Ambulatory ECG and Hemodynamic objects that hold one (PS3.3 C.10.9)."""

import io
import warnings
from datetime import datetime
from typing import Any, Final

import numpy as np
import pydicom
from pydicom.dataset import Dataset
from pydicom.errors import InvalidDicomError

from ecg.engine.readers import Raw
from ecg.engine.record import Said, Signal, UnreadableEcg

TO_MICROVOLT: Final = {"uV": 1.0, "mV": 1e3, "V": 1e6, "nV": 1e-3}
TYPES: Final = {"SS": "<i2", "US": "<u2", "SB": "i1", "UB": "u1", "SL": "<i4", "UL": "<u4"}
PADDED_SECONDS: Final = 0.02
"""A padding value of 0 is also a true 0 µV: only a common run of all leads this long counts as missing."""
NAMES: Final = {
    "PR Interval": "pr_interval",
    "QRS Duration": "qrs_duration",
    "QT Interval": "qt_interval",
    "QTc Interval": "qtc_bazett",
    "Ventricular Heart Rate": "heart_rate",
    "QRS Axis": "qrs_axis",
}


def read(data: bytes) -> Raw:
    """The longest multiplex group with the most channels. Raises UnreadableEcg."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            dataset = pydicom.dcmread(io.BytesIO(data))
            group = best_group(dataset)
            leads, step = channels(group)
            return Raw(leads, step, float(group.SamplingFrequency), said(dataset))
    except InvalidDicomError:
        raise UnreadableEcg("not_ecg", "no DICOM file") from None
    except UnreadableEcg:
        raise
    except Exception as error:
        raise UnreadableEcg("damaged", f"{type(error).__name__}: {error}"[:200]) from error


def best_group(dataset: Dataset) -> Dataset:
    groups = list(dataset.get("WaveformSequence") or [])
    if not groups:
        raise UnreadableEcg("not_ecg", "a DICOM object without a waveform")
    for group in groups:
        whole(group)
    best: Dataset = max(
        groups, key=lambda group: (int(group.NumberOfWaveformSamples), int(group.NumberOfWaveformChannels))
    )
    return best


def whole(group: Dataset) -> None:
    """Raise UnreadableEcg when a group holds fewer bytes than it declares: a transfer broke off."""
    declared = int(group.NumberOfWaveformChannels) * int(group.NumberOfWaveformSamples)
    declared *= np.dtype(TYPES[str(group.WaveformSampleInterpretation)]).itemsize
    if declared < 1 or len(group.WaveformData) < declared:
        raise UnreadableEcg("damaged", f"{len(group.WaveformData)} bytes of samples, {declared} declared")


def channels(group: Dataset) -> tuple[dict[str, Signal], float]:
    """µV per channel, padding taken out, and the finest step."""
    number, length = int(group.NumberOfWaveformChannels), int(group.NumberOfWaveformSamples)
    kind = np.dtype(TYPES[str(group.WaveformSampleInterpretation)])
    counts = np.frombuffer(bytes(group.WaveformData), kind, number * length).reshape(length, number).T
    missing = padding(group, counts)
    leads: dict[str, Signal] = {}
    steps = []
    for channel, values, gone in zip(group.ChannelDefinitionSequence, counts, missing, strict=True):
        step, offset = scale(channel)
        signal = values.astype(np.float64) * step + offset
        signal[gone] = np.nan
        leads.setdefault(label(channel, len(leads)), signal)
        steps.append(step)
    return leads, min(steps)


def padding(group: Dataset, counts: Any) -> Any:
    """Which samples are padding, leads × time."""
    value = group.get("WaveformPaddingValue")
    nowhere = np.zeros(counts.shape, bool)
    if value is None:
        return nowhere
    if isinstance(value, bytes):
        value = int(np.frombuffer(value, counts.dtype)[0])
    gone = counts == int(value)
    if int(value) != 0:
        return gone
    least = max(2, round(PADDED_SECONDS * float(group.SamplingFrequency)))
    together = gone.all(axis=0)
    edges = np.flatnonzero(np.diff(np.concatenate(([0], together.astype(np.int8), [0]))))
    for start, end in edges.reshape(-1, 2):
        nowhere[:, start:end] = end - start >= least
    return nowhere


def scale(channel: Dataset) -> tuple[float, float]:
    """µV per count and µV at zero."""
    unit = TO_MICROVOLT.get(str(channel.ChannelSensitivityUnitsSequence[0].CodeValue))
    if unit is None:
        raise UnreadableEcg("units", str(channel.ChannelSensitivityUnitsSequence[0].CodeValue))
    factor = float(channel.get("ChannelSensitivityCorrectionFactor") or 1.0)
    return float(channel.ChannelSensitivity) * factor * unit, float(
        channel.get("ChannelBaseline") or 0.0
    ) * unit


def label(channel: Dataset, place: int) -> str:
    source = channel.get("ChannelSourceSequence")
    name = str(source[0].get("CodeMeaning", "")) if source else ""
    return (name or str(channel.get("ChannelLabel", ""))).strip("\0 ") or f"C{place + 1}"


def said(dataset: Dataset) -> Said:
    return Said(
        patient_id=str(dataset.get("PatientID", "")),
        patient_name=str(dataset.get("PatientName", "")),
        sex=str(dataset.get("PatientSex", "")),
        birth_date=str(dataset.get("PatientBirthDate", "")),
        accession_number=str(dataset.get("AccessionNumber", "")),
        recorded_at=moment(dataset),
        manufacturer=str(dataset.get("Manufacturer", "")),
        model=str(dataset.get("ManufacturerModelName", "")),
        serial_number=str(dataset.get("DeviceSerialNumber", "")),
        measurements=annotations(dataset),
        statements=tuple(
            str(note.UnformattedTextValue)[:200]
            for note in dataset.get("WaveformAnnotationSequence") or []
            if note.get("UnformattedTextValue")
        )[:20],
    )


def moment(dataset: Dataset) -> datetime | None:
    """When it was recorded, county time without a zone."""
    text = (
        str(dataset.get("AcquisitionDateTime") or "")
        or f"{dataset.get('StudyDate', '')}{dataset.get('StudyTime', '')}"
    )
    try:
        return datetime.strptime(text[:14], "%Y%m%d%H%M%S")  # noqa: DTZ007 # carts give local time without a zone
    except ValueError:
        return None


def annotations(dataset: Dataset) -> dict[str, float]:
    found: dict[str, float] = {}
    for note in dataset.get("WaveformAnnotationSequence") or []:
        concept = note.get("ConceptNameCodeSequence")
        name = NAMES.get(str(concept[0].get("CodeMeaning", ""))) if concept else None
        if name and note.get("NumericValue") is not None:
            value = note.NumericValue
            found[name] = float(value[0] if isinstance(value, list) else value)
    return found
