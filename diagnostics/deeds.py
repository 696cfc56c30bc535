"""What diagnostics's entries of the audit record are called (kernel.deeds)."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import pgettext_lazy

from kernel.errors import Text

DEEDS: Final[Mapping[str, Text]] = {
    "critical.passed_up": pgettext_lazy("audit action", "critical value passed up"),
    "critical.raised": pgettext_lazy("audit action", "critical value told"),
    "critical.read_back": pgettext_lazy("audit action", "critical value read back"),
    "exam.amending": pgettext_lazy("audit action", "report opened for correction"),
    "exam.cancelled": pgettext_lazy("audit action", "exam withdrawn"),
    "exam.claimed": pgettext_lazy("audit action", "exam taken for reading"),
    "exam.draft_saved": pgettext_lazy("audit action", "report draft saved"),
    "exam.items_loaded": pgettext_lazy("audit action", "exam catalogue loaded"),
    "exam.material_attached": pgettext_lazy("audit action", "images or recording attached"),
    "exam.material_taken_back": pgettext_lazy(
        "audit action", "images or recording taken off a wrong request"
    ),
    "exam.registered": pgettext_lazy("audit action", "exam registered"),
    "exam.released": pgettext_lazy("audit action", "exam given back unread"),
    "exam.report_seen": pgettext_lazy("audit action", "report seen by its doctor"),
    "exam.report_signed": pgettext_lazy("audit action", "report signed"),
    "exam.requested": pgettext_lazy("audit action", "exam requested"),
    "exam.retake_asked": pgettext_lazy("audit action", "retake asked for"),
    "exam.sent_back": pgettext_lazy("audit action", "report sent back to its writer"),
    "exam.submitted": pgettext_lazy("audit action", "report submitted for review"),
    "exam.taken_over": pgettext_lazy("audit action", "exam taken over from a colleague"),
}
