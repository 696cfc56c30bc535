"""Signed reports and critical values as their readers see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from consortium import selectors as consortium
from diagnostics import fhir
from diagnostics.models import CriticalValue, ExamRequest, Material, Report
from diagnostics.policies import CRITICAL, REPORT
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


@dataclass(frozen=True, slots=True)
class CriticalPage:
    """A critical value for the one who reads it back."""

    critical: CriticalValue
    request: ExamRequest
    card: PatientCard
    raised_by: str
    receiver: str
    acknowledged_by: str


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


def critical_page(*, by: Actor, critical_id: UUID) -> CriticalPage:
    """One critical value. 404 out of reach."""
    CRITICAL.fetch(by, "view", critical_id)
    critical = CRITICAL.rows(by, "view").select_related("request__item", "report").get(pk=critical_id)
    people = consortium.names([critical.raised_by_id, critical.receiver_id, critical.acknowledged_by_id])
    return CriticalPage(
        critical=critical,
        request=critical.request,
        card=index.card(by=by, patient_id=critical.request.patient_id),
        raised_by=people.get(critical.raised_by_id, ""),
        receiver=people.get(critical.receiver_id, ""),
        acknowledged_by=people.get(critical.acknowledged_by_id, "") if critical.acknowledged_by_id else "",
    )


def criticals(*, by: Actor, waiting: bool = True, limit: int = 50) -> list[CriticalValue]:
    """Critical values of one's own side; those that wait for a read-back by due time, all newest first."""
    rows = CRITICAL.rows(by, "view").select_related("request__item")
    if waiting:
        return list(rows.filter(acknowledged_at__isnull=True).order_by("due_at", "pk")[:limit])
    return list(rows.order_by("-raised_at", "pk")[:limit])


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
