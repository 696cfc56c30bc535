"""What diagnostics holds about persons. The words are explained in kernel.privacy."""

from typing import Final

from kernel.privacy import Category, Held, Personal, Plain, Purpose, Retention

_CARE = (Category.CARE, Purpose.TREAT, Retention.RECORD)

PERSONAL: Final[Personal] = {
    "ExamRequest": (Held("accession_number clinical_question returned_reason cancel_reason", 3, *_CARE),),
    "Claim": (Held("reason", 2, *_CARE),),
    "Draft": (Held("findings impression advice critical_text returned_reason amend_reason", 3, *_CARE),),
    "Report": (Held("findings impression advice critical_text amend_reason", 3, *_CARE),),
    "Material": (Held("attached_by", 2, *_CARE),),
    "CriticalValue": (Held("text read_back", 3, *_CARE),),
    "CriticalCall": (Held("telephone", 2, *_CARE),),
}
PLAIN: Final[Plain] = {
    "ExamItem": "code name body_part fee_code",
    "AccessionCounter": "prefix day",
    "Report": "signature_algorithm signature_key signature",
}
