"""What ecg's entries of the audit record are called (kernel.deeds)."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import pgettext_lazy

from kernel.errors import Text

DEEDS: Final[Mapping[str, Text]] = {
    "ecg.matched": pgettext_lazy("audit action", "ECG assigned"),
    "ecg.received": pgettext_lazy("audit action", "ECG received"),
    "ecg.received_again": pgettext_lazy("audit action", "same ECG received again"),
    "ecg.taken_back": pgettext_lazy("audit action", "ECG taken off a wrong request"),
    "ecg.thresholds_set": pgettext_lazy("audit action", "ECG limits set"),
    "ecg.unmatched_opened": pgettext_lazy("audit action", "unassigned ECG opened"),
}
