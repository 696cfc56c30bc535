"""What else stands in a leg after an event, for a history that says what changed."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from kernel import clock
from referral.models import Referral


def facts_of(referral: Referral, before: Mapping[str, Any], names: Mapping[UUID, str]) -> dict[str, Any]:
    """Priority, department, bed, expected arrival and day, doctor, family-doctor team: values as they are read.

    A name stays as it was in `before` while the same row is meant.
    """
    return {
        "priority": referral.priority,
        "department": _named(before, "department", referral.department_id, names),
        "bed": _named(before, "bed", referral.bed_id, names),
        "eta": f"{clock.local(referral.eta_at):%m-%d %H:%M}" if referral.eta_at else "",
        "expected": referral.expected_date.isoformat() if referral.expected_date else "",
        "doctor": _named(before, "doctor", referral.receiving_doctor_id, names),
        "team": referral.team,
    }


def _named(before: Mapping[str, Any], fact: str, pk: UUID | None, names: Mapping[UUID, str]) -> list[str]:
    """`[id, name]` of what is referred to, `["", ""]` of nothing."""
    known: list[str] = before.get(fact) or ["", ""]
    return known if known[0] == str(pk or "") else [str(pk), names.get(pk, "")] if pk else ["", ""]
