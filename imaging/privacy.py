"""What imaging holds about persons. The words are explained in kernel.privacy."""

from typing import Final

from kernel.privacy import Category, Held, Kept, Personal, Plain, Purpose, Retention

_CARE = (Category.CARE, Purpose.TREAT, Retention.RECORD)
_MATCH = (Category.ATTRIBUTES, Purpose.MATCH, Retention.RECORD)

PERSONAL: Final[Personal] = {
    "Study": (
        Held("said_sealed", 4, *_MATCH, Kept.SEALED),
        Held("patient_id_key name_tokens", 4, *_MATCH, Kept.KEYED),
        Held("birth_date sex", 3, *_MATCH),
        Held("accession_number study_date study_time description modalities", 3, *_CARE),
        Held("assigned_by assigned_reason", 2, Category.CARE, Purpose.ACCOUNT, Retention.RECORD),
    ),
    "Series": (Held("description body_part", 3, *_CARE),),
    "Instance": (Held("metadata_sealed", 4, *_CARE, Kept.SEALED),),
    "Quarantined": (Held("detail closed_reason", 3, *_MATCH),),
}
PLAIN: Final[Plain] = {
    "Study": "uid",
    "Series": "uid modality",
    "Instance": "uid sop_class transfer_syntax digest source frame_offsets frame_lengths",
    "Quarantined": "uid digest source",
}
