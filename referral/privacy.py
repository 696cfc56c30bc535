"""What referral holds about persons. The words are explained in kernel.privacy."""

from typing import Final

from kernel.privacy import Category, Held, Kept, Personal, Plain, Purpose, Retention

_CARE = (Category.CARE, Purpose.TREAT, Retention.RECORD)

PERSONAL: Final[Personal] = {
    "Referral": (
        Held("outside_doctor outside_number", 3, *_CARE),
        Held("number encounter_id care_encounter_id asked ready expected_date", 3, *_CARE),
        Held("criteria", 3, *_CARE),
        Held(
            "diagnosis_code diagnosis reason history treatment illness precautions outcome advice reject_text instead",
            3,
            *_CARE,
        ),
        Held("illness regimen precautions signer relation consent_way", 3, *_CARE),
        Held("record_number results course rehabilitation no_plan_words supply team", 3, *_CARE),
    ),
    "Telephoned": (Held("told_by words", 3, *_CARE),),
    "PeerMessage": (Held("body_sealed", 4, *_CARE, Kept.SEALED), Held("answer", 3, *_CARE)),
    "Printout": (Held("workplace", 2, Category.ATTRIBUTES, Purpose.ACCOUNT, Retention.AUDIT),),
    "FormVersion": (Held("content", 3, *_CARE),),
    "HistoryEntry": (Held("words facts", 3, *_CARE),),
    "Attachment": (Held("resource_id title", 3, *_CARE),),
    "Invitation": (Held("words come_at", 3, *_CARE),),
    "ArrivalProposal": (Held("reference", 3, *_CARE),),
    "Handover": (Held("condition running watch", 3, *_CARE),),
    "CallNote": (Held("words", 3, *_CARE),),
    "WardQuestion": (Held("words answer_words wanted_date", 3, *_CARE),),
    "Opinion": (Held("question words", 3, *_CARE),),
    "Reach": (Held("sealed", 4, *_CARE, Kept.SEALED),),
    "DayChange": (Held("reason before_date after_date", 3, *_CARE),),
    "PriorityChange": (Held("reason", 3, *_CARE),),
    "PlanItem": (Held("text due_date result encounter_id", 3, *_CARE),),
    "Medicine": (Held("name dose often long", 3, *_CARE),),
    "Comment": (Held("text", 3, *_CARE),),
    "Tally": (Held("chapter block", 3, *_CARE),),
    "Sketch": (Held("sealed", 4, Category.CARE, Purpose.TREAT, Retention.SHORT, Kept.SEALED),),
}
PLAIN: Final[Plain] = {
    "Sketch": "window",
    "Referral": "signature published",
    "Peer": "address token_sealed",
    "PeerMessage": "header",
    "FormVersion": "signature",
    "CriteriaTable": "name content reason",
    "Tally": "reject_code no_plan",
    "IndicatorGoal": "code reason since_date",
    "Guide": "place telephone bring",
    "Invitation": "place telephone bring",
    "Handover": "vehicle escort",
    "Relation": "note period made_by ended_by",
}
