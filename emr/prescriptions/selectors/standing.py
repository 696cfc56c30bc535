"""What stands now under the code on a printed prescription."""

from uuid import UUID

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from consortium import selectors as consortium
from emr.index.selectors.naming import masked_name
from emr.prescriptions.choices import Status
from emr.prescriptions.models import Prescription
from emr.prescriptions.selectors.sheets import covered, raw
from kernel import clock
from kernel.crypto import Unsealable
from kernel.errors import Text
from kernel.papers import Standing


def standing(prescription_id: UUID, version: int) -> Standing | None:
    """A sheet, for whoever holds the paper: no medicine, no diagnosis. None when what is kept was altered.

    Of an assistant's sheet the second signature counts (处方管理办法 art. 8): its first code alone is not valid, the
    second names both.
    """
    row = Prescription.objects.filter(pk=prescription_id).first()
    if row is None:
        return None
    try:
        data = raw(row)
    except Unsealable:
        return None
    return Standing(
        data=covered(row, data, version),
        newest=row.status == Status.SIGNED and (version == 2) == row.needs_second,
        title=_title(row, version),
        place=consortium.organisation_names([row.organisation_id]).get(row.organisation_id, ""),
        patient=masked_name(row.patient_id),
    )


def _title(row: Prescription, version: int) -> Text:
    days = [row.valid_date.isoformat(), row.valid_until_date.isoformat()]
    words = format_lazy(
        "{} · {} {}", _("Prescription"), _("to be dispensed on"), " – ".join(dict.fromkeys(days))
    )
    if row.valid_until_date < clock.today():
        words = format_lazy("{} · {}", words, pgettext_lazy("prescription", "its validity is over"))
    if version == 1 or row.second_id is None:
        return words
    names = consortium.names([row.doctor_id, row.second_id])
    both = {"doctor": names.get(row.doctor_id, ""), "second": names.get(row.second_id, "")}
    told = _("written by %(doctor)s, countersigned by %(second)s")
    return format_lazy("{} · {}", words, str(told) % both)
