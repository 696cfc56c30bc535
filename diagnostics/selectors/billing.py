"""What the insurance desk needs to know of a rendered exam."""

from dataclasses import dataclass
from uuid import UUID

from diagnostics.policies import REQUEST
from kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class Billable:
    """An exam as a charge: whose, made where, which item of the exam catalogue."""

    patient_id: UUID
    organisation_id: UUID
    item_code: str


def billable(*, by: Actor, request_id: UUID) -> Billable:
    """The charge of one exam request; the sending institution made it and charges it."""
    request = REQUEST.fetch(by, "view", request_id)
    return Billable(request.patient_id, request.source_id, request.item.code)
