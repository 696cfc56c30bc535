"""QIDO-RS matching: query parameters to SQL conditions over the index tables (PS3.18 §8.3.4, §10.6)."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from imaging.engine.scan import UID
from imaging.engine.sieve import Sieve
from kernel.said import Said

TAG: Final = re.compile(r"[0-9A-Fa-f]{8}")
DATE: Final = re.compile(r"\d{8}|\d{4}-\d{2}-\d{2}")

KEYWORDS: Final = {
    "StudyInstanceUID": "0020000D",
    "PatientName": "00100010",
    "PatientID": "00100020",
    "PatientBirthDate": "00100030",
    "PatientSex": "00100040",
    "AccessionNumber": "00080050",
    "StudyDate": "00080020",
    "StudyTime": "00080030",
    "StudyDescription": "00081030",
    "ModalitiesInStudy": "00080061",
    "SeriesInstanceUID": "0020000E",
    "Modality": "00080060",
    "SeriesNumber": "00200011",
    "SeriesDescription": "0008103E",
    "BodyPartExamined": "00180015",
    "SOPInstanceUID": "00080018",
    "SOPClassUID": "00080016",
    "InstanceNumber": "00200013",
}
COLUMNS: Final = {
    "0020000D": ("uid", "st.uid"),
    "00100010": ("name", "st.name_tokens"),
    "00100020": ("said", "st.patient_id_key"),
    "00100030": ("range", "st.birth_date"),
    "00100040": ("text", "st.sex"),
    "00080050": ("text", "st.accession_number"),
    "00080020": ("range", "st.study_date"),
    "00080030": ("range", "st.study_time"),
    "00081030": ("text", "st.description"),
    "00080061": ("any", "st.modalities"),
    "0020000E": ("uid", "e.uid"),
    "00080060": ("text", "e.modality"),
    "00200011": ("number", "e.number"),
    "0008103E": ("text", "e.description"),
    "00180015": ("text", "e.body_part"),
    "00080018": ("uid", "i.uid"),
    "00080016": ("uid", "i.sop_class"),
    "00200013": ("number", "i.number"),
}
LEVELS: Final = {"studies": "s", "series": "se", "instances": "sei"}
CONTROLS: Final = frozenset({"limit", "offset", "includefield", "fuzzymatching"})


class Unanswerable(Said):
    """A query parameter has a value that means nothing."""


@dataclass(slots=True)
class Plan:
    """Conditions joined by AND, their parameters, the page, what is asked of sealed words, what was not understood."""

    conditions: list[str] = field(default_factory=list)
    parameters: list[Any] = field(default_factory=list)
    limit: int | None = None
    offset: int = 0
    sieve: Sieve = field(default_factory=Sieve)
    ignored: list[str] = field(default_factory=list)
    cut: bool = False

    def add(self, condition: str, *parameters: Any) -> None:
        self.conditions.append(condition)
        self.parameters += parameters


def plan(items: Iterable[tuple[str, str]], *, level: str) -> Plan:
    """A plan for one QIDO request on `level` (studies, series, instances). Raises Unanswerable."""
    out = Plan()
    given = list(items)
    fuzzy = any(name == "fuzzymatching" and value.lower() == "true" for name, value in given)
    for name, value in given:
        if name in CONTROLS:
            _control(out, name, value)
            continue
        tag = KEYWORDS.get(name, name.upper() if TAG.fullmatch(name) else "")
        kind, column = COLUMNS.get(tag, ("", ""))
        if not kind or column[0] not in LEVELS[level]:
            out.ignored.append(name)
        elif value not in ("", "*"):
            _match(out, kind, column, value, fuzzy=fuzzy)
    return out


def _control(out: Plan, name: str, value: str) -> None:
    if name not in ("limit", "offset"):
        return
    if not value.isascii() or not value.isdigit() or len(value) > 9:
        raise Unanswerable("%(name)s is not a number", name=name)
    if name == "limit":
        out.limit = int(value)
    else:
        out.offset = int(value)


def _match(out: Plan, kind: str, column: str, value: str, *, fuzzy: bool) -> None:
    if kind == "name":
        out.sieve.add_name(value, fuzzy=fuzzy)
    elif kind == "said":
        out.sieve.add_patient_id(value)
    else:
        _compare(out, kind, column, value)


def _compare(out: Plan, kind: str, column: str, value: str) -> None:
    if kind == "uid":
        wanted = [uid for uid in re.split(r"[,\\]", value) if uid]
        if not all(UID.fullmatch(uid) for uid in wanted):
            raise Unanswerable("an identifier is malformed")
        out.add(f"{column} = ANY(%s)", wanted)
    elif kind == "range":
        _range(out, column, value)
    elif kind == "any":
        out.add(f"{column} && %s::varchar[]", re.split(r"[,\\]", value))
    elif kind == "number":
        _number(out, column, value)
    elif "*" in value or "?" in value:
        out.add(f"{column} LIKE %s", like(value))
    else:
        out.add(f"{column} = %s", value)


def _range(out: Plan, column: str, value: str) -> None:
    first, dash, last = _ends(value)
    if not dash:
        out.add(f"{column} = %s", first)
        return
    if first:
        out.add(f"{column} >= %s", first)
    if last:
        # A time bound of fewer digits covers the whole minute or hour: 0959 includes 095930.
        out.add(f"{column} <= %s", last + "~")
    out.add(f"{column} <> ''")


def _ends(value: str) -> tuple[str, str, str]:
    if DATE.fullmatch(value):
        return value.replace("-", ""), "", ""
    first, dash, last = value.partition("-")
    if not all(part == "" or re.fullmatch(r"\d{2,8}(\.\d{1,6})?", part) for part in (first, last)):
        raise Unanswerable("a date or time range is malformed")
    return first, dash, last


def _number(out: Plan, column: str, value: str) -> None:
    if not re.fullmatch(r"[+-]?\d{1,9}", value):
        raise Unanswerable("a number is malformed")
    out.add(f"{column} = %s", int(value))


def like(value: str) -> str:
    """DICOM wildcards as a LIKE pattern; its own signs are escaped."""
    escaped = value.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return escaped.replace("*", "%").replace("?", "_")


def element(vr: str, *values: Any) -> Mapping[str, Any]:
    """One attribute of the DICOM JSON model; without values when they are empty."""
    kept = [value for value in values if value not in (None, "")]
    return {"vr": vr, "Value": kept} if kept else {"vr": vr}
