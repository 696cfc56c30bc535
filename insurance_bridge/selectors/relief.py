"""For whom with a welfare identity the help that is due came, and for whom it did not."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

from consortium import selectors as consortium
from insurance_bridge.models import Visit
from insurance_bridge.policies import RELIEF
from insurance_bridge.selectors.figures import OPEN, SETTLED
from insurance_bridge.selectors.words import identities, yuan
from kernel import clock
from kernel.actor import Actor
from kernel.errors import Text

MOST: Final = 500
ORDER: Final = ("unaided", "open", "treated", "aided")
"""What wants somebody first."""


@dataclass(frozen=True, slots=True)
class Relief:
    """One visit of a person with a welfare identity; yuan. `ends`: last day of the identity that ends first.

    `state`: "treated" (no settlement yet), "open" (asked, no answer), "unaided" (settled, no assistance paid),
    "aided" (settled with assistance).
    """

    patient_id: UUID
    identities: list[tuple[Text, str]]
    ends: date | None
    place: str
    begun_at: datetime
    state: str
    total: Decimal
    assistance: Decimal
    cash: Decimal


def relief(*, by: Actor, days: int = 90) -> list[Relief]:
    """Visits of the last `days` days with a welfare identity: without help first, there the most paid by oneself; then
    what waits, the longest first."""
    since = clock.now() - timedelta(days=days)
    rows = RELIEF.rows(by, "view").exclude(identities=[]).filter(begun_at__gte=since)
    visits = list(rows.prefetch_related("settlements").order_by("begun_at", "pk")[:MOST])
    places = consortium.organisation_names([visit.organisation_id for visit in visits])
    found = [_relief(visit, places.get(visit.organisation_id, "")) for visit in visits if identities(visit)]
    return sorted(found, key=lambda one: (ORDER.index(one.state), -one.cash, one.begun_at))


def _relief(visit: Visit, place: str) -> Relief:
    standing = [one for one in visit.settlements.all() if one.status in (*SETTLED, *OPEN)]
    settled = [one for one in standing if one.status in SETTLED]
    state = "treated" if not standing else "open" if not settled else "unaided"
    if any(one.assistance for one in settled):
        state = "aided"
    told = identities(visit)
    return Relief(
        patient_id=visit.patient_id,
        identities=told,
        ends=min(filter(None, (_day(end) for _name, end in told)), default=None),
        place=place,
        begun_at=visit.begun_at,
        state=state,
        total=yuan(sum(one.total for one in settled)),
        assistance=yuan(sum(one.assistance for one in settled)),
        cash=yuan(sum(one.cash for one in settled)),
    )


def _day(text: str) -> date | None:
    """The day the insurance centre wrote; None where it wrote none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
