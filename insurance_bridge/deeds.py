"""What insurance_bridge's entries of the audit record are called (kernel.deeds)."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import pgettext_lazy

from kernel.errors import Text

DEEDS: Final[Mapping[str, Text]] = {
    "insurance.adopted": pgettext_lazy("audit action", "answer of the centre taken over"),
    "insurance.answer_set_aside": pgettext_lazy("audit action", "answer of the centre set aside"),
    "insurance.answered": pgettext_lazy("audit action", "centre answered"),
    "insurance.cancellation_asked": pgettext_lazy("audit action", "cancellation asked for"),
    "insurance.cancellation_refused": pgettext_lazy("audit action", "cancellation refused"),
    "insurance.cancelled": pgettext_lazy("audit action", "settlement cancelled"),
    "insurance.case_ended": pgettext_lazy("audit action", "difference ended"),
    "insurance.case_opened": pgettext_lazy("audit action", "difference found"),
    "insurance.case_reopened": pgettext_lazy("audit action", "difference open again"),
    "insurance.case_vanished": pgettext_lazy("audit action", "difference gone by itself"),
    "insurance.catalogue_loaded": pgettext_lazy("audit action", "fee catalogue loaded"),
    "insurance.day_closed": pgettext_lazy("audit action", "day closed"),
    "insurance.day_compared": pgettext_lazy("audit action", "day compared"),
    "insurance.deposit_returned": pgettext_lazy("audit action", "deposit given back"),
    "insurance.deposit_taken": pgettext_lazy("audit action", "deposit taken"),
    "insurance.eligibility_asked": pgettext_lazy("audit action", "eligibility asked for"),
    "insurance.eligibility_known": pgettext_lazy("audit action", "eligibility known"),
    "insurance.eligibility_refused": pgettext_lazy("audit action", "eligibility refused"),
    "insurance.fee_charged": pgettext_lazy("audit action", "fee charged"),
    "insurance.fee_voided": pgettext_lazy("audit action", "fee voided"),
    "insurance.looked_again": pgettext_lazy("audit action", "set-aside answer looked up again"),
    "insurance.lost_message_looked_for": pgettext_lazy("audit action", "lost message looked for"),
    "insurance.messages_leased": pgettext_lazy("audit action", "messages to the centre taken for sending"),
    "insurance.not_found_yet": pgettext_lazy("audit action", "settlement not found at the centre yet"),
    "insurance.paid": pgettext_lazy("audit action", "paid"),
    "insurance.posted": pgettext_lazy("audit action", "settlement posted"),
    "insurance.proved_absent": pgettext_lazy("audit action", "settlement proved absent"),
    "insurance.refunded": pgettext_lazy("audit action", "refunded"),
    "insurance.repeated": pgettext_lazy("audit action", "message to the centre sent again"),
    "insurance.result_incomplete": pgettext_lazy("audit action", "result of the comparison incomplete"),
    "insurance.settled": pgettext_lazy("audit action", "settled"),
    "insurance.settlement_refused": pgettext_lazy("audit action", "settlement refused"),
    "insurance.settlement_requested": pgettext_lazy("audit action", "settlement asked for"),
    "insurance.shift_closed": pgettext_lazy("audit action", "shift closed"),
    "insurance.visit_numbered": pgettext_lazy("audit action", "visit numbered by the centre"),
    "insurance.visit_opened": pgettext_lazy("audit action", "visit opened"),
}
