"""What the archive needs to know of one instance, read once at ingest."""

import re
import struct
import zlib
from dataclasses import dataclass
from typing import Any, Final

from imaging.engine import frames, part10, syntaxes
from imaging.engine.charset import PersonName
from imaging.engine.elements import UNDEFINED, Buffer, Found, Json, Unreadable, Walker
from imaging.engine.frames import Frames

UID: Final = re.compile(r"[0-9]+(?:\.[0-9]+)*")
INFLATE_LIMIT: Final = 512 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Header:
    """One instance's header. Texts are decoded and trimmed, "" when absent; dates stay DICOM text (YYYYMMDD).

    `metadata` is the DICOM JSON model without pixels; a large binary value carries its place in the file
    (`<offset>-<length>`), to be turned into an address when served. `inflated`: places count in the inflated file.
    """

    sop_class: str
    sop_uid: str
    study_uid: str
    series_uid: str
    transfer_syntax: str
    dataset_offset: int
    patient_id: str
    patient_name: PersonName
    birth_date: str
    sex: str
    accession_number: str
    study_date: str
    study_time: str
    study_description: str
    modality: str
    series_number: int | None
    series_description: str
    body_part: str
    instance_number: int | None
    rows: int
    columns: int
    frame_count: int
    frames: Frames
    inflated: bool
    metadata: Json


def scan(buffer: Buffer) -> Header:
    """Read a Part 10 file. Raises Unreadable for what is no DICOM, ends too early or names no instance."""
    meta = part10.meta(buffer)
    if meta.transfer_syntax not in syntaxes.ACCEPTED:
        raise Unreadable(f"unknown transfer syntax {meta.transfer_syntax[:64]}")
    body = inflate(buffer, meta) if meta.transfer_syntax == syntaxes.DEFLATED_LE else buffer
    walker = Walker(
        body,
        implicit=meta.transfer_syntax == syntaxes.IMPLICIT_LE,
        big=meta.transfer_syntax == syntaxes.EXPLICIT_BE,
        vr_of=_vr_of,
    )
    found = walker.walk(meta.offset)
    return _header(body, meta, found, inflated=body is not buffer)


def inflate(buffer: Buffer, meta: part10.Meta) -> bytes:
    """The whole file with its data set inflated; places found in it count from the same beginning."""
    engine = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        data = engine.decompress(buffer[meta.offset :], INFLATE_LIMIT)
    except zlib.error as error:
        raise Unreadable("the deflated data set is damaged") from error
    if engine.unconsumed_tail:
        raise Unreadable("the deflated data set is too large")
    return buffer[: meta.offset] + data


def _identifiers(json: Json) -> dict[str, str]:
    """Study, series, instance and class UID. Raises Unreadable when one is missing or malformed."""
    uids = {tag: text(json, tag) for tag in ("0020000D", "0020000E", "00080018", "00080016")}
    if not all(UID.fullmatch(value) and len(value) <= 64 for value in uids.values()):
        raise Unreadable("study, series, instance or class UID is missing or malformed")
    return uids


def _header(body: Buffer, meta: part10.Meta, found: Found, *, inflated: bool) -> Header:
    json = found.json
    uids = _identifiers(json)
    count = max(1, number(json, "00280008") or 1)
    return Header(
        sop_class=uids["00080016"],
        sop_uid=uids["00080018"],
        study_uid=uids["0020000D"],
        series_uid=uids["0020000E"],
        transfer_syntax=meta.transfer_syntax,
        dataset_offset=meta.offset,
        patient_id=text(json, "00100020"),
        patient_name=_name(json, "00100010"),
        birth_date=text(json, "00100030"),
        sex=text(json, "00100040"),
        accession_number=text(json, "00080050"),
        study_date=text(json, "00080020"),
        study_time=text(json, "00080030"),
        study_description=text(json, "00081030"),
        modality=text(json, "00080060"),
        series_number=number(json, "00200011"),
        series_description=text(json, "0008103E"),
        body_part=text(json, "00180015"),
        instance_number=number(json, "00200013"),
        rows=number(json, "00280010") or 0,
        columns=number(json, "00280011") or 0,
        frame_count=count,
        frames=_frames(body, meta, found, count),
        inflated=inflated,
        metadata=json,
    )


def _frames(body: Buffer, meta: part10.Meta, found: Found, count: int) -> Frames:
    """Frame places; empty for an object without pixels. Truncated pixels raise Unreadable."""
    if found.pixel_offset is None:
        return Frames()
    if count > frames.MAX_FRAMES:
        raise Unreadable("more frames than can be")
    if found.pixel_length == UNDEFINED:
        try:
            return frames.encapsulated(body, found.pixel_offset, count=count)
        except struct.error as error:
            raise Unreadable("compressed pixel data ends early") from error
    if found.pixel_offset + found.pixel_length > len(body):
        raise Unreadable("the file ends inside its pixel data")
    json = found.json
    samples = number(json, "00280002") or 1
    bits = (number(json, "00280010") or 0) * (number(json, "00280011") or 0) * samples
    bits *= number(json, "00280100") or 0
    if text(json, "00280004") in ("YBR_FULL_422", "YBR_PARTIAL_422"):
        bits = bits * 2 // 3
    return frames.native(found.pixel_offset, found.pixel_length, count=count, bits=bits)


def text(json: Json, tag: str) -> str:
    """First value of an element as trimmed text, "" when absent."""
    values = json.get(tag, {}).get("Value") or [""]
    return "" if values[0] is None or isinstance(values[0], dict) else str(values[0]).strip()


def number(json: Json, tag: str) -> int | None:
    """First value of an element as an integer within PostgreSQL's range, None when absent or no number."""
    value: Any = (json.get(tag, {}).get("Value") or [None])[0]
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return int(value) if -(2**31) <= value < 2**31 else None


def _name(json: Json, tag: str) -> PersonName:
    value = (json.get(tag, {}).get("Value") or [None])[0] or {}
    if not isinstance(value, dict):
        return PersonName()
    return PersonName(value.get("Alphabetic", ""), value.get("Ideographic", ""), value.get("Phonetic", ""))


def _vr_of(tag: int) -> str:
    from pydicom.datadict import dictionary_VR  # lazy: 400 KB of dictionary, only for implicit VR

    if tag >> 16 & 1:
        return "LO" if 0x10 <= tag & 0xFFFF <= 0xFF else "UN"
    try:
        vr = dictionary_VR(tag)
    except KeyError:
        return "UN"
    return {"US or SS": "US", "OB or OW": "OW", "US or OW": "OW", "US or SS or OW": "OW"}.get(vr, vr)
