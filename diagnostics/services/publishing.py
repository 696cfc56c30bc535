"""What the repository is told about an exam, in one call."""

from collections.abc import Sequence
from uuid import UUID

from consortium import selectors as consortium
from diagnostics import fhir
from diagnostics.models import ExamRequest, Report
from emr.repository import services as repository
from kernel import clock
from kernel.actor import Actor

OWNER = "diagnostics"


def names_of(request: ExamRequest, *people: UUID | None) -> dict[UUID, str]:
    """Display names of the persons and places a resource refers to."""
    names = consortium.names([person for person in (request.requester_id, *people) if person])
    centre = consortium.organisation_name(request.centre_id)
    return {**names, request.centre_id: centre}


def outgoing(request: ExamRequest, resources: Sequence[fhir.Json]) -> list[repository.Outgoing]:
    return [
        repository.Outgoing(resource=resource, patient=request.patient_id, custodian=request.source_id)
        for resource in resources
    ]


def publish_step(*, by: Actor, request: ExamRequest, content: bool = False) -> None:
    """Publish the Task, and with `content` the ServiceRequest too, inside the caller's transaction."""
    names = names_of(request)
    resources = [fhir.task(request, names, clock.now())]
    if content:
        resources.insert(0, fhir.service_request(request, names))
    repository.publish(by=by, owner=OWNER, resources=outgoing(request, resources))


def publish_report(*, by: Actor, request: ExamRequest, report: Report) -> None:
    """Publish a signed version with its request and task, inside the caller's transaction."""
    names = names_of(request, report.writer_id, report.reviewer_id)
    materials = list(request.materials.filter(withdrawn_at__isnull=True).order_by("attached_at", "pk"))
    resources = [
        fhir.service_request(request, names),
        fhir.task(request, names, clock.now()),
        fhir.diagnostic_report(request, report, materials, names),
    ]
    repository.publish(by=by, owner=OWNER, resources=outgoing(request, resources))
