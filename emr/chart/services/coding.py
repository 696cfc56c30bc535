"""A diagnosis in the doctor's own words gets its code."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from emr.access import selectors as access
from emr.chart import fhir
from emr.chart.policies import CHART
from emr.repository import selectors as repository_selectors
from emr.repository import services as repository
from emr.terminology import selectors as terminology
from emr.terminology.choices import System
from kernel import audit, labels
from kernel.actor import Actor
from kernel.errors import Conflict, Invalid


@transaction.atomic
def code_diagnosis(*, by: Actor, patient_id: UUID, condition_id: UUID, code: str) -> None:
    """Give an uncoded diagnosis its ICD-10 code; the words stay as written. A new version, the old one is history.

    Raises Invalid for an unknown code, Conflict (409) when it has one already.
    """
    patient = CHART.fetch(by, "write", patient_id)
    resource = _uncoded(by, patient.pk, condition_id)
    display = terminology.display(System.ICD10, code)
    if not display:
        raise Invalid(fields={"code": _("%(code)s is not in the catalogue.") % {"code": code}})
    resource["code"] = {
        "coding": [{"system": fhir.ICD10, "code": code, "display": display}],
        "text": resource["code"]["text"],
    }
    resource.pop("meta", None)
    label, categories = access.rules().of_code(code, display)
    repository.publish(
        by=by,
        owner="chart",
        resources=[
            repository.Outgoing(
                resource=resource,
                patient=patient.pk,
                label=max(label, labels.CARE),
                categories=categories,
                custodian=patient.organisation_id,
            )
        ],
    )
    audit.record(
        by=by, action="emr.diagnosis_coded", patient=patient.pk, detail={"condition": str(condition_id)}
    )


def _uncoded(by: Actor, patient_id: UUID, condition_id: UUID) -> fhir.Resource:
    """The diagnosis as it stands. Raises Conflict when it has a code, or is another record's."""
    resource = repository_selectors.read(by=by, kind="Condition", id=str(condition_id))
    if resource["code"].get("coding"):
        raise Conflict(_("This diagnosis has a code already."), code="already_coded")
    if resource["subject"].get("reference") != f"Patient/{patient_id}":
        raise Conflict(_("This diagnosis belongs to another record."), code="other_record")
    return resource
