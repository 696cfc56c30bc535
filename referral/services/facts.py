"""What else stands in a leg after an event, for a history that says what changed."""

from collections.abc import Mapping
from typing import Any

from consortium import selectors as consortium
from kernel import clock
from referral.models import Referral


def facts_of(referral: Referral, before: Mapping[str, Any]) -> dict[str, Any]:
    """Priority, department, bed, expected arrival and day, doctor, family-doctor team: values as they are read.

    Names are asked for only where the row behind them is another one than in `before`.
    """
    return {
        "priority": referral.priority,
        "department": _named(before, "department", referral.department_id, _department),
        "bed": _named(before, "bed", referral.bed_id, _bed),
        "eta": f"{clock.local(referral.eta_at):%m-%d %H:%M}" if referral.eta_at else "",
        "expected": referral.expected_date.isoformat() if referral.expected_date else "",
        "doctor": _named(before, "doctor", referral.receiving_doctor_id, consortium.staff_name),
        "team": referral.team,
    }


def _named(before: Mapping[str, Any], fact: str, pk: Any, name_of: Any) -> list[str]:
    """`[id, name]` of what is referred to, `["", ""]` of nothing."""
    known: list[str] = before.get(fact) or ["", ""]
    key = str(pk or "")
    return known if known[0] == key else [key, str(name_of(pk)) if pk else ""]


def _department(pk: Any) -> str:
    return consortium.department_name(pk)


def _bed(pk: Any) -> str:
    return str(consortium.bed(pk))
