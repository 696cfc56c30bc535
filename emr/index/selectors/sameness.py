"""Whether a resource speaks of the same human being as a record, whichever hospital keeps it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from emr.index.models import Patient


def same_person(*, patient_id: UUID, resource: Mapping[str, Any]) -> bool:
    """Whether the resource's subject is this patient, or another hospital's record of the same person."""
    subject = resource.get("subject") or resource.get("patient") or {}
    about = str(subject.get("reference", "")).removeprefix("Patient/")
    if about == str(patient_id):
        return True
    try:
        other = UUID(about)
    except ValueError:
        return False
    people = (
        Patient.objects.filter(pk__in=[other, patient_id]).order_by("pk").values_list("person_id", flat=True)
    )
    return len(people) == 2 and len(set(people)) == 1
