"""A sheet goes to paper: a trace before the first byte."""

from uuid import UUID

from django.db import transaction

from emr.prescriptions.policies import PRESCRIPTION
from emr.prescriptions.selectors.sheets import Paper, paper_of
from kernel import audit
from kernel.actor import Actor


@transaction.atomic
def print_sheet(*, by: Actor, prescription_id: UUID) -> Paper:
    """What is printed, once it is written down who printed it and at which workplace. The ID number stays masked:
    an ordinary prescription does not ask for it (处方管理办法 art. 5)."""
    row = PRESCRIPTION.fetch(by, "view", prescription_id)
    detail = {"number": row.number, "status": str(row.status)}
    audit.record(by=by, action="emr.prescription_printed", subject=row, patient=row.patient_id, detail=detail)
    return paper_of(by, row)
