"""A record is opened: on which basis, for what, by whom."""

from uuid import UUID

from django.db import transaction

from emr.access import selectors
from emr.access.choices import LAWS, OPENING_REUSED, Purpose
from emr.access.models import Opening
from kernel import audit, clock
from kernel.actor import Actor
from kernel.errors import OutOfReach


@transaction.atomic
def open_record(*, by: Actor, patient_id: UUID, purpose: str = Purpose.TREATMENT) -> Opening:
    """Open one patient's record: the row of this opening, made and audited once per actor, session and basis.

    Within 30 minutes further looks belong to the same opening. Raises OutOfReach (404, code "no_basis") when
    there is no basis. The caller commits this before it sends the first byte.
    """
    basis = selectors.basis(by=by, patient_id=patient_id)
    if basis is None:
        raise OutOfReach(code="no_basis", detail={"patient": str(patient_id)})
    now = clock.now()
    same = {
        "patient_id": patient_id,
        "actor_kind": by.kind,
        "actor_id": by.id,
        "actor_name": by.name,
        "session": by.session[:64],
        "organisation_id": by.organisation,
        "basis": basis,
        "purpose": purpose,
    }
    recent = (
        Opening.objects.filter(**same, opened_at__gt=now - OPENING_REUSED)
        .order_by("-opened_at", "-pk")
        .first()
    )
    if recent is not None:
        return recent
    opening = Opening.objects.create(**same, opened_at=now)
    detail = {"basis": str(basis), "purpose": str(purpose), "law": str(LAWS[basis])}
    audit.record(by=by, action="access.record_opened", subject=opening, patient=patient_id, detail=detail)
    return opening
