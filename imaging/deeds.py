"""What imaging's entries of the audit record are called (kernel.deeds)."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import pgettext_lazy

from kernel.errors import Text

DEEDS: Final[Mapping[str, Text]] = {
    "imaging.association_refused": pgettext_lazy("audit action", "DICOM connection refused"),
    "imaging.put_aside": pgettext_lazy("audit action", "image put aside"),
    "imaging.quarantine_closed": pgettext_lazy("audit action", "quarantined image dealt with"),
    "imaging.searched": pgettext_lazy("audit action", "images searched"),
    "imaging.study_grown": pgettext_lazy("audit action", "more images of a study came"),
    "imaging.study_held": pgettext_lazy("audit action", "image study held"),
    "imaging.study_matched": pgettext_lazy("audit action", "image study assigned"),
    "imaging.study_received": pgettext_lazy("audit action", "image study received"),
    "imaging.study_relabelled": pgettext_lazy("audit action", "image study labelled anew"),
    "imaging.study_taken_back": pgettext_lazy("audit action", "image study taken off a wrong request"),
    "imaging.unassigned_opened": pgettext_lazy("audit action", "unassigned images opened"),
}
