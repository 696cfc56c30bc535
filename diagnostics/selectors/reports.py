"""Signed reports as their readers see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from consortium import selectors as consortium
from diagnostics import fhir
from diagnostics.models import ExamRequest, Material, Report
from diagnostics.policies import REPORT
from emr.index import selectors as index
from emr.index.selectors import PatientCard
from kernel import crypto
from kernel.actor import Actor
from kernel.errors import OutOfReach


@dataclass(frozen=True, slots=True)
class ReportPage:
    """One version of a report with its people, its other versions and what was read."""

    request: ExamRequest
    report: Report
    versions: Sequence[Report]
    materials: Sequence[Material]
    card: PatientCard
    writer: str
    reviewer: str
    centre: str
    source: str

    @property
    def newest(self) -> bool:
        return self.report.version == self.versions[0].version


def report_page(*, by: Actor, report_id: UUID, version: int | None = None) -> ReportPage:
    """A report by its logical id, the newest version unless another is named. 404 out of reach."""
    rows = REPORT.rows(by, "view").filter(request__report_id=report_id).select_related("request__item")
    versions = list(rows.order_by("-version"))
    chosen = next((row for row in versions if version in (None, row.version)), None)
    if chosen is None:
        raise OutOfReach(detail={"model": "diagnostics.report", "pk": str(report_id)})
    request = chosen.request
    people = consortium.names([chosen.writer_id, chosen.reviewer_id])
    places = consortium.organisation_names([request.centre_id, request.source_id])
    return ReportPage(
        request=request,
        report=chosen,
        versions=versions,
        materials=list(request.materials.filter(withdrawn_at__isnull=True).order_by("attached_at", "pk")),
        card=index.card(by=by, patient_id=request.patient_id),
        writer=people.get(chosen.writer_id, ""),
        reviewer=people.get(chosen.reviewer_id, "") if chosen.reviewer_id else "",
        centre=places.get(request.centre_id, ""),
        source=places.get(request.source_id, ""),
    )


@dataclass(frozen=True, slots=True)
class SignatureCheck:
    """One version and whether its SM2 signature still covers every word of it."""

    report: Report
    signer: str
    holds: bool


def signatures(page: ReportPage) -> list[SignatureCheck]:
    """Each version of an opened report, verified now."""
    people = consortium.names([row.reviewer_id or row.writer_id for row in page.versions])
    return [
        SignatureCheck(row, people.get(row.reviewer_id or row.writer_id, ""), holds(page.request, row))
        for row in page.versions
    ]


def holds(request: ExamRequest, report: Report) -> bool:
    signature = crypto.Signature(report.signature_algorithm, report.signature_key, report.signature)
    return crypto.signer().verify(fhir.signed_bytes(request, report), signature)
