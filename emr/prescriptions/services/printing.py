"""A sheet goes to paper: a trace before the first byte."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from emr.prescriptions.choices import Status
from emr.prescriptions.policies import PRESCRIPTION
from emr.prescriptions.selectors.sheets import Paper, paper_of
from kernel import audit
from kernel.actor import Actor
from kernel.errors import Conflict


@transaction.atomic
def print_sheet(*, by: Actor, prescription_id: UUID) -> Paper:
    """What is printed, once it is written down who printed it and at which workplace. The ID number stays masked:
    the standard of an ordinary sheet does not ask for it. Raises Conflict (409) for one not valid yet."""
    row = PRESCRIPTION.fetch(by, "view", prescription_id)
    if row.status in (Status.WAITING, Status.REFUSED):
        raise Conflict(
            _("Without a physician's countersignature it is not valid: it is not printed."), code="not_valid"
        )
    detail = {"number": row.number, "status": str(row.status)}
    audit.record(by=by, action="emr.prescription_printed", subject=row, patient=row.patient_id, detail=detail)
    return paper_of(by, row)
