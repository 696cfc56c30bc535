"""A study as FHIR ImagingStudy (R4). Pure: rows in, dict out."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from imaging.models import Series, Study

DCM: Final = "http://dicom.nema.org/resources/ontology/DCM"
UID_SYSTEM: Final = "urn:dicom:uid"


def imaging_study(
    study: Study, series: Sequence[Series], *, accession_number: str, endpoint: str, status: str = "available"
) -> dict[str, Any]:
    """The resource of an assigned study. `endpoint`: where DICOMweb answers, for the reader of the resource."""
    resource: dict[str, Any] = {
        "resourceType": "ImagingStudy",
        "id": str(study.pk),
        "identifier": [
            {"system": UID_SYSTEM, "value": f"urn:oid:{study.uid}"},
            {
                "type": {
                    "coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0203", "code": "ACSN"}]
                }
            }
            | {"value": accession_number},
        ],
        "status": status,
        "modality": [{"system": DCM, "code": code} for code in study.modalities],
        "subject": {"reference": f"Patient/{study.patient_id}"},
        "basedOn": [_reference("ServiceRequest", study.request_id)],
        "numberOfSeries": study.series_count,
        "numberOfInstances": study.instance_count,
        "series": [_series(one) for one in series],
        "endpoint": [_endpoint(endpoint)],
    }
    if study.description:
        resource["description"] = study.description
    if started := started_at(study):
        resource["started"] = started
    return resource


def started_at(study: Study) -> str:
    """Study date and time as a FHIR dateTime in China's zone; the date alone without a time, "" without a date."""
    day, time = study.study_date, study.study_time
    if len(day) != 8 or not day.isdigit():
        return ""
    date = f"{day[:4]}-{day[4:6]}-{day[6:]}"
    if len(time) < 6 or not time[:6].isdigit():
        return date
    return f"{date}T{time[:2]}:{time[2:4]}:{time[4:6]}+08:00"


def _series(one: Series) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "uid": one.uid,
        "modality": {"system": DCM, "code": one.modality or "OT"},
        "numberOfInstances": one.instance_count,
    }
    if one.number is not None and one.number >= 0:
        entry["number"] = one.number
    if one.description:
        entry["description"] = one.description
    return entry


def _endpoint(address: str) -> dict[str, Any]:
    """A logical reference: the address itself is what a reader needs."""
    return {
        "type": "Endpoint",
        "identifier": {"system": "urn:ietf:rfc:3986", "value": address},
        "display": "DICOMweb (WADO-RS)",
    }


def _reference(kind: str, pk: UUID | None) -> dict[str, str]:
    return {"reference": f"{kind}/{pk}"}
