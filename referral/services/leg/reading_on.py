"""Who may read the record because of a leg, and until when (invariant 13): its access grounds."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.conf import settings

from consortium import selectors as consortium
from consortium.choices import Role
from emr.access import services as access
from emr.access.choices import Basis
from kernel import clock, labels
from kernel.actor import Actor
from referral.choices import TERMINAL, UNSENT, Direction, Status
from referral.models import Referral

AT_ONCE: Final = (Status.CANCELLED, Status.ENTERED_IN_ERROR)
"""Taken back or of the wrong person: the receiving side reads no minute longer."""
DESKS: Final = (Role.COORDINATOR, Role.RECEPTION)
"""Who answers and who receives reads beside the department that was named."""


def still_reads(referral: Referral) -> bool:
    """Whether the receiving side reads on the ground of this leg now, or will until its end."""
    if referral.submitted_at is None or referral.status in (*UNSENT, *AT_ONCE):
        return False
    passed_on = referral.status == Status.REDIRECTED and referral.arrived_at is None
    until = reads_until(referral)
    return not passed_on and (until is None or until > clock.now())


def reads_until(referral: Referral) -> datetime | None:
    """The end of reading, so many days after the leg's; None while it runs."""
    if referral.status not in TERMINAL or referral.ended_at is None:
        return None
    return referral.ended_at + timedelta(days=settings.REFERRAL_READS_ON_DAYS)


def grant_access(by: Actor, referral: Referral) -> None:
    """Open, move or close what this leg opens, where the step changed it (the caller saves `published`)."""
    wanted = _wanted(referral)
    before: Mapping[str, str] = referral.published.get("grounds", {})
    now = {source: _print(ground) for source, ground in wanted.items()}
    for source in sorted(before.keys() - now.keys()):
        access.close_ground(by=by, source=source)
    if changed := {source: ground for source, ground in wanted.items() if before.get(source) != now[source]}:
        access.open_grounds(by=by, patient_id=referral.patient_id, grounds=changed)
    referral.published = {**referral.published, "grounds": now}


def _print(ground: Mapping[str, Any]) -> str:
    return " ".join(str(ground[name]) for name in sorted(ground))


def _wanted(referral: Referral) -> dict[str, dict[str, Any]]:
    """The grounds of the leg by their source: the receiving department and its desks; the sender of an up leg, who
    hears what becomes of her patient."""
    if not still_reads(referral):
        return {}
    source = f"referral:{referral.pk}"
    said = {
        "basis": Basis.PLAN if referral.direction == Direction.DOWN else Basis.REFERRAL,
        "until": reads_until(referral),
        "label": labels.SENSITIVE if referral.opens_protected else labels.IDENTITY,
    }
    receiver = {**said, "organisation_id": referral.target_id}
    wanted = {source: {**receiver, "department_id": referral.department_id}}
    for department in _desks(referral):
        wanted[f"{source}:desk:{department}"] = {**receiver, "department_id": department}
    if referral.direction != Direction.DOWN:
        wanted[f"{source}:sender"] = {**said, "organisation_id": referral.source_id}
    return wanted


def _desks(referral: Referral) -> list[UUID]:
    """Departments that answer and receive, where one department is named and theirs is another."""
    if referral.department_id is None:
        return []
    places = consortium.departments_with(roles=DESKS, organisation_id=referral.target_id)
    return sorted(places - {referral.department_id})
