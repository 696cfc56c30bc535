"""What stands now under the code on a printed prescription."""

from uuid import UUID

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from consortium import selectors as consortium
from emr.index.selectors.naming import masked_name
from emr.prescriptions.choices import Status
from emr.prescriptions.models import Prescription
from emr.prescriptions.selectors.sheets import raw
from kernel.crypto import Unsealable
from kernel.papers import Standing


def standing(prescription_id: UUID, version: int) -> Standing | None:
    """A sheet, for whoever holds the paper: no medicine, no diagnosis. None when what is kept was altered."""
    row = Prescription.objects.filter(pk=prescription_id).first()
    if row is None:
        return None
    try:
        data = raw(row)
    except Unsealable:
        return None
    return Standing(
        data=data,
        newest=row.status == Status.SIGNED,
        title=format_lazy(
            "{} · {} {}", _("Prescription"), _("to be dispensed on"), row.valid_date.isoformat()
        ),
        place=consortium.organisation_names([row.organisation_id]).get(row.organisation_id, ""),
        patient=masked_name(row.patient_id),
    )
