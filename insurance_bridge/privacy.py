"""What insurance_bridge holds about persons. The words are explained in kernel.privacy."""

from typing import Final

from kernel.privacy import Category, Held, Kept, Personal, Plain, Purpose, Retention

_PAY = (Category.PAYMENT, Purpose.SETTLE, Retention.VOUCHER)

PERSONAL: Final[Personal] = {
    "Visit": (
        Held("psn_no_sealed", 4, *_PAY, Kept.SEALED),
        Held("encounter_id referral_ref insutype insured_region identities mdtrt_id refusal", 3, *_PAY),
    ),
    "FeeLine": (Held("name source_ref charged_by voided_by", 3, *_PAY),),
    "Settlement": (Held("batch setl_id cancel_setl_id rules refusal cancel_reason", 3, *_PAY),),
    "Message": (Held("request reply", 4, *_PAY, Kept.SEALED), Held("reference error", 3, *_PAY)),
    "Case": (Held("evidence setl_id note", 3, *_PAY),),
    "Shift": (Held("note", 2, *_PAY),),
}
PLAIN: Final[Plain] = {
    "Day": "date",
    "Group": "insutype clr_type total_result total_words upload_ref result_ref result_digest",
    "Case": "msgid",
    "FeeItem": "code name initials unit exam_item",
    "Message": "msgid infno",
    "Settlement": "day_date cancel_day_date insutype clr_type",
    "Shift": "day_date",
}
