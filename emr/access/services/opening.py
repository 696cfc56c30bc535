"""A record is opened: on which basis, for what, by whom."""

from typing import Final
from uuid import UUID

from emr.access import selectors
from emr.access.choices import LAWS, OPENING_REUSED, Basis, Purpose
from emr.access.models import Opening
from kernel import audit, clock
from kernel.actor import Actor
from kernel.database import prepared
from kernel.database.at_once import at_once
from kernel.errors import OutOfReach

RECENT: Final = """
SELECT id FROM emr_opening
WHERE actor_name = %s AND patient_id = %s AND actor_kind = %s AND actor_id IS NOT DISTINCT FROM %s AND session = %s
  AND organisation_id IS NOT DISTINCT FROM %s AND basis = %s AND purpose = %s AND opened_at > %s
ORDER BY opened_at DESC, id DESC LIMIT 1
"""
KEEP: Final = """
INSERT INTO emr_opening
    (actor_name, patient_id, actor_kind, actor_id, session, organisation_id, basis, purpose, opened_at, id)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""


@at_once
def open_record(*, by: Actor, patient_id: UUID, purpose: str = Purpose.TREATMENT) -> UUID:
    """Open one patient's record: the id of this opening, made and audited once per actor, session and basis.

    Within 30 minutes further looks belong to the same opening. Raises OutOfReach (404, code "no_basis") when
    there is no basis. The caller commits this before it sends the first byte.
    """
    basis = selectors.basis(by=by, patient_id=patient_id)
    if basis is None:
        raise OutOfReach(code="no_basis", detail={"patient": str(patient_id)})
    now = clock.now()
    told = [
        by.name, patient_id, str(by.kind), by.id, by.session[:64], by.organisation, str(basis), str(purpose),
    ]  # fmt: skip
    with prepared.cursor() as cursor:
        cursor.execute(RECENT, [*told, now - OPENING_REUSED])
        if recent := cursor.fetchone():
            same: UUID = recent[0]
            return same
        opening = Opening(patient_id=patient_id, opened_at=now)
        kept = [*told, now, opening.pk]
        if not prepared.later(KEEP, kept):
            cursor.execute(KEEP, kept)
    _audited(by, opening, basis, purpose)
    return opening.pk


def _audited(by: Actor, opening: Opening, basis: Basis, purpose: str) -> None:
    detail = {"basis": str(basis), "purpose": str(purpose), "law": str(LAWS[basis])}
    audit.record(
        by=by, action="access.record_opened", subject=opening, patient=opening.patient_id, detail=detail
    )
