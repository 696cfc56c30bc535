"""Tables of diagnostics."""

from diagnostics.models.critical import CriticalCall, CriticalValue
from diagnostics.models.report import Draft, Material, Report
from diagnostics.models.request import AccessionCounter, Claim, ExamItem, ExamRequest

__all__ = [
    "AccessionCounter",
    "Claim",
    "CriticalCall",
    "CriticalValue",
    "Draft",
    "ExamItem",
    "ExamRequest",
    "Material",
    "Report",
]
