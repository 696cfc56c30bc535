"""What emr holds about persons. The words are explained in kernel.privacy."""

from typing import Final

from kernel.privacy import Category, Held, Kept, Personal, Plain, Purpose, Retention

_WHO = (Category.ATTRIBUTES, Purpose.IDENTIFY, Retention.RECORD)
_CARE = (Category.CARE, Purpose.TREAT, Retention.RECORD)
_TRACE = (Category.ATTRIBUTES, Purpose.ACCOUNT, Retention.AUDIT)

PERSONAL: Final[Personal] = {
    "Person": (
        Held("name_sealed id_sealed", 4, *_WHO, Kept.SEALED),
        Held("name_key id_key phone_key", 4, *_WHO, Kept.KEYED),
        Held(
            "phone_sealed address_sealed",
            4,
            Category.ATTRIBUTES,
            Purpose.REACH,
            Retention.RECORD,
            Kept.SEALED,
        ),
        Held("birth_date", 3, *_WHO),
    ),
    "Patient": (
        Held("local_number", 3, *_WHO),
        Held("other_name_sealed", 4, *_WHO, Kept.SEALED),
        Held("tokens", 4, *_WHO, Kept.KEYED),
        Held("registered_by", 2, *_TRACE),
    ),
    "PersonChange": (Held("reason changed_by", 3, *_WHO),),
    "Resource": (Held("content", 3, *_CARE, Kept.BY_LABEL), Held("tok ref", 3, *_CARE, Kept.KEYED)),
    "ResourceHistory": (Held("content", 3, *_CARE, Kept.BY_LABEL),),
    "Identifier": (Held("key", 4, *_WHO, Kept.KEYED),),
    "BedUse": (Held("reason created_by", 3, *_CARE),),
    "BreakGlass": (
        Held(
            "explanation sensitive_reason verdict_text", 3, Category.CARE, Purpose.ACCOUNT, Retention.RECORD
        ),
    ),
    "Opening": (Held("actor_kind actor_name session", 2, *_TRACE),),
    "SearchQuota": (Held("actor_name", 2, *_TRACE),),
    "Ground": (Held("note", 3, Category.CARE, Purpose.ACCOUNT, Retention.RECORD),),
    "ConsentVersion": (
        Held("giver_sealed", 4, *_WHO, Kept.SEALED),
        Held("evidence_reference", 3, Category.ATTRIBUTES, Purpose.ACCOUNT, Retention.RECORD),
        Held("recorded_by", 2, *_TRACE),
    ),
    "Contract": (
        Held("team", 3, *_CARE),
        Held("since_date until_date", 3, *_CARE),
        Held("signed_by ended_by ended_reason", 3, *_TRACE),
    ),
    "PersonRequest": (
        Held("text answer", 3, Category.ATTRIBUTES, Purpose.ACCOUNT, Retention.RECORD),
        Held("received_by answered_by due_date", 2, *_TRACE),
    ),
    "LabelRule": (Held("given_by", 2, *_TRACE),),
    "Prescription": (
        Held("content_sealed", 5, *_CARE, Kept.SEALED),
        Held("number void_words second_words valid_date valid_until_date until_date", 3, *_CARE),
    ),
}
PLAIN: Final[Plain] = {
    "Ground": "source row_mac",
    "Restriction": "source",
    "BedUse": "source",
    "Pool": "told_by day_date",
    "Quota": "set_by",
    "Launch": "token_id",
    "SearchQuota": "kind",
    "Resource": "kind id managed_by categories",
    "ResourceHistory": "kind id managed_by categories",
    "Identifier": "kind",
    "Concept": "code display initials",
    "Prescription": "valid_days",
    "PrescriptionCounter": "day",
    "StockedDrug": "name key changed_by",
    "LabelRule": "value words row_mac",
    "LabelSweep": "place",
}
