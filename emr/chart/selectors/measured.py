"""What was measured lately, code by code: for rules that must know a value, its unit and its time."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from emr.chart import fhir
from emr.chart.engine import reading
from emr.repository import selectors as repository
from kernel.actor import Actor

VOID: Final = frozenset({"entered-in-error", "cancelled", "registered", "unknown"})
"""States of an Observation whose value is none."""
AT_MOST: Final = 120


@dataclass(frozen=True, slots=True)
class Measured:
    """A value with its LOINC code, UCUM or printed unit, and when it was taken."""

    code: str
    value: float
    unit: str
    at: datetime


def measured(*, by: Actor, patient_id: UUID, codes: Iterable[str]) -> dict[str, Measured]:
    """The newest value of each LOINC code, of this person at all hospitals, as far as it is open to the actor."""
    wanted, newest = set(codes), dict[str, Measured]()
    for one in repository.of_patient(by=by, patient_id=patient_id, kind="Observation", limit=AT_MOST):
        at = reading.moment(one.get("effectiveDateTime"))
        if at is None or one.get("status") in VOID:
            continue
        for found in _values(one, at):
            if found.code in wanted and (found.code not in newest or newest[found.code].at < found.at):
                newest[found.code] = found
    return newest


def _values(resource: Mapping[str, Any], at: datetime) -> list[Measured]:
    found = []
    for part in [resource, *(resource.get("component") or [])]:
        value, code = reading.quantity(part), reading.code(part.get("code"), fhir.LOINC)
        if value is not None and code:
            unit = str((part.get("valueQuantity") or {}).get("unit") or "")
            found.append(Measured(code, value, unit, at))
    return found
