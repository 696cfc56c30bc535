"""What other pages show of a patient's insurance: the last check, with its date."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from emr.access import selectors as access
from insurance_bridge.models import Visit
from insurance_bridge.policies import VISIT
from insurance_bridge.selectors.words import identities, insurance_words, yuan
from kernel.actor import Actor
from kernel.errors import OutOfReach, Text


@dataclass(frozen=True, slots=True)
class Coverage:
    """Insurance and welfare identities as last checked; `visit_id` where the actor may open the bill."""

    insurance: Text
    identities: list[tuple[Text, str]]
    balance: Decimal
    checked_at: datetime | None
    refusal: str
    visit_id: UUID | None
    may_open: bool


def coverage(*, by: Actor, patient_id: UUID) -> Coverage:
    """The newest checked visit of the patient. 404 without a basis: only category and validity are shown."""
    if access.basis(by=by, patient_id=patient_id) is None:
        raise OutOfReach(code="no_basis")
    newest = (
        Visit.objects.filter(patient=patient_id, checked_at__isnull=False)
        .order_by("-checked_at", "-pk")
        .first()
    )
    mine = None
    if VISIT.allows(by, "view"):
        mine = VISIT.rows(by, "view").filter(patient=patient_id).order_by("-begun_at", "-pk").first()
    return Coverage(
        insurance=insurance_words(newest) if newest else "",
        identities=identities(newest) if newest else [],
        balance=yuan(newest.balance) if newest else Decimal(0),
        checked_at=newest.checked_at if newest else None,
        refusal=newest.refusal if newest else "",
        visit_id=mine.pk if mine else None,
        may_open=VISIT.allows(by, "open"),
    )
