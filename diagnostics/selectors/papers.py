"""What stands now under the code on a printed report."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from consortium import selectors as consortium
from diagnostics import fhir
from diagnostics.models import Report
from emr.index.selectors.naming import masked_name
from kernel.papers import Standing


def standing(report_id: UUID, version: int) -> Standing | None:
    """One version of a report, for whoever holds the paper: never what was examined or found."""
    versions = Report.objects.filter(request__report_id=report_id).select_related("request")
    report = versions.filter(version=version).first()
    if report is None:
        return None
    centre = report.request.centre_id
    return Standing(
        data=fhir.signed_bytes(report.request, report),
        newest=not versions.filter(version__gt=version).exists(),
        title=_("Examination report"),
        place=consortium.organisation_names([centre]).get(centre, ""),
        patient=masked_name(report.request.patient_id),
    )
