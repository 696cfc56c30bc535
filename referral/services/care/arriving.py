"""Who is expected and seems to be here: proposed to reception, never confirmed by the platform itself."""

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from consortium import services as consortium
from consortium.choices import NoticeLevel, Role
from consortium.services import Recipients
from emr.repository import selectors as repository
from kernel import audit, clock
from kernel.actor import Actor
from kernel.database import prepared
from kernel.errors import Conflict
from kernel.said import phrase
from referral.choices import AT_THE_DOOR, ArrivalSign, ProposalState
from referral.models import ArrivalProposal, Referral
from referral.policies import PROPOSAL, REFERRAL

FRESH: Final = timedelta(hours=24)
"""An encounter that began longer ago is history that was sent later: nobody stands at the door for it."""
SETTLE: Final = """
UPDATE referral_arrivalproposal SET state = %s, settled_at = %s, settled_by_id = %s
WHERE referral_id = %s AND state = %s
"""
HERE: Final = frozenset({"arrived", "triaged", "in-progress", "onleave", "finished"})


@transaction.atomic
def notice_arrival(*, by: Actor, patient_id: UUID, sign: str, reference: str) -> int:
    """The record `patient_id` has shown a sign of life at its hospital: propose it as the arrival of each leg of that
    person that is expected there. How many were proposed now; a sign proposes once, and one proposal stands at a time.
    """
    expected = REFERRAL.rows(by, "notify").filter(
        patient__person__patients=patient_id,
        target=F("patient__person__patients__organisation"),
        status__in=AT_THE_DOOR,
    )
    return sum(_propose(by, leg, ArrivalSign(sign), reference) for leg in expected.order_by("pk"))


def _propose(by: Actor, leg: Referral, sign: ArrivalSign, reference: str) -> bool:
    row = ArrivalProposal(referral=leg, sign=sign, reference=reference, noticed_at=clock.now())
    ArrivalProposal.objects.bulk_create([row], ignore_conflicts=True)
    if not ArrivalProposal.objects.filter(pk=row.pk).exists():
        return False
    for role in (Role.RECEPTION, Role.BRANCH_DOCTOR):
        consortium.notify(
            by=by,
            key=f"arrival:{row.pk}",
            recipients=Recipients(role=role, organisation=leg.target_id),
            level=NoticeLevel.TASK,
            title=phrase(_("%(number)s seems to have come: check who it is"), number=leg.number),
            url=f"{reverse('referral:arrivals')}?row={leg.pk}",
            patient_id=leg.patient_id,
        )
    audit.record(by=by, action="referral.arrival_proposed", subject=leg, patient=leg.patient_id)
    return True


@transaction.atomic
def notice_encounter(*, by: Actor, encounter_id: str, patient_id: UUID) -> int:
    """An Encounter was stored: one that goes on or is of today may be an arrival."""
    encounter = repository.read(by=by, kind="Encounter", id=encounter_id)
    if not of_today(encounter, clock.now()):
        return 0
    return notice_arrival(by=by, patient_id=patient_id, sign=ArrivalSign.ENCOUNTER, reference=encounter_id)


def of_today(encounter: dict[str, Any], now: datetime) -> bool:
    """Whether the patient of this Encounter is here about now."""
    if encounter.get("status") not in HERE:
        return False
    start = (encounter.get("period") or {}).get("start", "")
    try:
        began = datetime.fromisoformat(start) if start else now
    except ValueError:  # a year or a month: FHIR allows it, and it is no time of today
        return False
    began = began if began.tzinfo else began.replace(tzinfo=clock.COUNTY)
    return now - FRESH < began < now + FRESH


@transaction.atomic
def dismiss_arrival(*, by: Actor, proposal_id: UUID) -> ArrivalProposal:
    """She came for something else: the proposal goes, the leg stays expected. Raises Conflict (409) when settled."""
    row = PROPOSAL.fetch(by, "settle", proposal_id, lock=True)
    if row.state != ProposalState.OPEN:
        raise Conflict(_("A colleague has settled this already."), code="settled")
    settle(by, row.referral_id, ProposalState.DISMISSED)
    audit.record(by=by, action="referral.arrival_dismissed", subject=row, patient=row.referral.patient_id)
    row.refresh_from_db()
    return row


def settle(by: Actor, referral_id: UUID, state: ProposalState) -> None:
    """The open proposal of a leg, if there is one, is settled by who acts."""
    with prepared.cursor() as cursor:
        cursor.execute(SETTLE, [state.value, clock.now(), by.id, referral_id, ProposalState.OPEN.value])
