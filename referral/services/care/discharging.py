"""The patient has left the ward: from now the reply is due (出院后 24 小时内回复)."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from emr.repository import selectors as repository
from kernel import clock
from kernel.actor import Actor
from kernel.errors import Invalid
from referral.choices import Aside, Status
from referral.models import Discharge, Referral
from referral.policies import REFERRAL
from referral.services.leg.asides import aside, begin_aside
from referral.services.leg.steps import staff_here
from referral.services.leg.timing import reply_due

ENDED = "finished"


@transaction.atomic
def discharge(
    *, by: Actor, referral_id: UUID, version: int, key: str, left_at: datetime | None = None
) -> Referral:
    """Write down that a patient in care has left, now or at `left_at`: the reply is late a day after it.

    Raises Conflict (409) when she is not in care or has left already, Invalid (422) for a moment before her arrival or
    still to come.
    """
    referral, done = begin_aside(by, "discharge", referral_id, key, version, _in_care)
    if done:
        return referral
    at = left_at or clock.now()
    if at > clock.now() or (referral.arrived_at and at < referral.arrived_at):
        raise Invalid(fields={"left_at": _("A patient leaves after she has come, and not in the future.")})
    Discharge.objects.create(
        referral=referral,
        version=referral.version + 1,
        left_at=at,
        staff_id=staff_here(by),
        organisation_id=referral.target_id,
        happened_at=clock.now(),
    )
    referral.discharged_at, referral.escalations = at, 0
    referral.due_at = referral.call_at = reply_due(referral)
    fields = ["discharged_at", "escalations", "due_at", "call_at"]
    aside(by, referral, Aside.DISCHARGED, fields=fields)
    return referral


def _in_care(referral: Referral) -> bool:
    return referral.status == Status.IN_CARE and referral.discharged_at is None


@transaction.atomic
def notice_discharge(*, by: Actor, encounter_id: str, patient_id: UUID) -> int:
    """A hospital's own system has ended an inpatient Encounter of a patient in care there: she has left. How many."""
    encounter = repository.read(by=by, kind="Encounter", id=encounter_id)
    left_at = _left(encounter)
    if left_at is None:
        return 0
    cared = REFERRAL.rows(by, "discharge").filter(
        patient__person__patients=patient_id,
        target=F("patient__person__patients__organisation"),
        status=Status.IN_CARE,
        discharged_at__isnull=True,
        arrived_at__lte=left_at,
    )
    found = list(cared.order_by("pk").values_list("pk", "version"))
    for pk, version in found:
        discharge(by=by, referral_id=pk, version=version, key="", left_at=left_at)
    return len(found)


def _left(encounter: dict[str, Any]) -> datetime | None:
    """When an inpatient stay ended, by the moment its Encounter tells; None for what is no ended stay."""
    ward = (encounter.get("class") or {}).get("code") in ("IMP", "ACUTE", "NONAC")
    end = (encounter.get("period") or {}).get("end", "")
    if encounter.get("status") != ENDED or not ward or "T" not in end:
        return None
    left_at = datetime.fromisoformat(end)
    left_at = left_at if left_at.tzinfo else left_at.replace(tzinfo=clock.COUNTY)
    now = clock.now()
    return min(left_at, now) if left_at <= now + timedelta(minutes=5) else None
