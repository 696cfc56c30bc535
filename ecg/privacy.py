"""What ecg holds about persons. The words are explained in kernel.privacy."""

from typing import Final

from kernel.privacy import Category, Held, Kept, Personal, Plain, Purpose, Retention

_CARE = (Category.CARE, Purpose.TREAT, Retention.RECORD)

PERSONAL: Final[Personal] = {
    "Recording": (
        Held("said_sealed", 4, Category.ATTRIBUTES, Purpose.MATCH, Retention.RECORD, Kept.SEALED),
        Held("accession_number samples measured alerts", 3, *_CARE),
        Held("received_by", 2, Category.CARE, Purpose.ACCOUNT, Retention.RECORD),
    ),
}
PLAIN: Final[Plain] = {
    "Recording": "sha256 device leads rule_version",
    "TriageRules": "version thresholds made_by",
}
