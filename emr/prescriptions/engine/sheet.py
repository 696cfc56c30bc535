"""What stands on a sheet: its medicines and diagnoses as plain values, and the bytes that are signed."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from emr.prescriptions.choices import Against
from kernel.errors import Text


@dataclass(frozen=True, slots=True)
class Line:
    """One medicine: what, how much at a time, how often, which way, how many days, how much is handed out."""

    name: str
    dose: Decimal
    unit: str
    often: str
    route: str
    days: int
    amount: int
    pack: str
    strength: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """A diagnosis of the visit the sheet stands on: the Condition's id, its code or "", its words."""

    id: str
    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Warning:
    """Something the doctor was warned of. `line` counts from 1; `about` names what stands against it."""

    kind: str
    line: int
    name: str
    about: str

    @property
    def kind_text(self) -> Text:
        return Against(self.kind).label

    @property
    def key(self) -> str:
        """By this a form says that the warning was seen."""
        return f"{self.kind}:{self.name}:{self.about}"


@dataclass(frozen=True, slots=True)
class Content:
    """Everything that is signed. `lines` come with the ids of their MedicationRequests, in order.

    `valid_days`: on how many days it may be dispensed from `valid_date` on; more than one has a `valid_reason`.
    """

    number: str
    patient: str
    organisation: str
    doctor: str
    encounter: str
    kind: str
    long_reason: str
    diagnoses: Sequence[Diagnosis]
    lines: Sequence[Line]
    requests: Sequence[str]
    signed_at: str
    valid_date: str
    valid_days: int = 1
    valid_reason: str = ""
    warnings: Sequence[Warning] = field(default=())
    override: str = ""

    @property
    def valid_until(self) -> str:
        """The last day it may be dispensed."""
        return last_day(date.fromisoformat(self.valid_date), self.valid_days).isoformat()


def last_day(first: date, days: int) -> date:
    """The last of so many days from `first` on."""
    return first + timedelta(days=days - 1)


def pack(content: Content) -> bytes:
    """Canonical JSON, UTF-8: what the signature covers and what is kept."""
    return json.dumps(
        asdict(content), ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str
    ).encode()


def counter(data: bytes, second: UUID, at: datetime) -> bytes:
    """What a countersignature covers: the signed bytes, who signs too, when."""
    said = {
        "sheet": hashlib.new("sm3", data).hexdigest(),
        "second": str(second),
        "at": at.astimezone(UTC).isoformat(timespec="milliseconds"),
    }
    return json.dumps(said, sort_keys=True, separators=(",", ":")).encode()


def unpack(data: bytes) -> Content:
    """The sheet out of its signed bytes."""
    said: dict[str, Any] = json.loads(data)
    return Content(
        **{name: said[name] for name in said if name not in ("diagnoses", "lines", "warnings")},
        diagnoses=tuple(Diagnosis(**one) for one in said["diagnoses"]),
        lines=tuple(_line(one) for one in said["lines"]),
        warnings=tuple(Warning(**one) for one in said["warnings"]),
    )


def _line(said: Mapping[str, Any]) -> Line:
    return Line(**{**said, "dose": Decimal(said["dose"])})


def plain(value: Decimal) -> str:
    """A dose as it is written: 0.5, 10, never 1E+1."""
    return f"{value.normalize():f}"


@dataclass(frozen=True, slots=True)
class Supplied:
    """A medicine some prescription gives the patient until `until`; whose sheet it is, in words."""

    name: str
    until: date
    source: str
