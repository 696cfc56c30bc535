"""States of the insurance desk and what its differences are called."""

from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from kernel.workflow import Step


class VisitKind(TextChoices):
    OUTPATIENT = "outpatient", _("outpatient")  # clr_type 11
    INPATIENT = "inpatient", _("inpatient")  # clr_type 21


class FeeClass(TextChoices):
    """Class of a fee item in the insurance catalogue (chrgitm_lv)."""

    A = "A", _("class A")  # 甲类
    B = "B", _("class B")  # 乙类
    C = "C", _("class C")  # 丙类, 全自费


class FeeSource(TextChoices):
    TYPED = "typed", _("entered by hand")
    EXAM = "exam", _("from a finished exam")


class MessageStatus(TextChoices):
    """Where one message to the insurance centre stands. UNKNOWN ends only by proof."""

    COMMITTED = "committed", _("to be sent")
    SENT = "sent", _("sent, no answer yet")
    SUCCESS = "success", _("accepted")
    FAIL = "fail", _("refused")
    UNKNOWN = "unknown", _("outcome unknown")
    QUARANTINE = "quarantine", _("answer set aside")


OPEN_MESSAGES: Final = (MessageStatus.COMMITTED, MessageStatus.SENT, MessageStatus.UNKNOWN)


class SettlementStatus(TextChoices):
    REQUESTED = "requested", _("with the insurance centre")
    SETTLED = "settled", _("settled")
    PAID = "paid", _("settled and paid")
    REFUSED = "refused", _("refused by the centre")
    CANCELLING = "cancelling", _("being cancelled")
    CANCELLED = "cancelled", _("cancelled")
    QUARANTINE = "quarantine", _("answer set aside")


class SettlementEvent(TextChoices):
    POST = "post", _("settle")
    REFUSE = "refuse", _("refuse")
    SET_ASIDE = "set_aside", _("set aside")
    PAY = "pay", _("take payment")
    ASK_CANCEL = "ask_cancel", _("cancel")
    POST_CANCEL = "post_cancel", _("cancel")
    REFUSE_CANCEL = "refuse_cancel", _("refuse the cancellation")
    ADOPT = "adopt", _("adopt the centre's answer")


_S, _E = SettlementStatus, SettlementEvent
SETTLEMENT_STEPS: Final[dict[tuple[SettlementStatus, SettlementEvent], Step]] = {
    (_S.REQUESTED, _E.POST): Step(_S.SETTLED),
    (_S.REQUESTED, _E.REFUSE): Step(_S.REFUSED),
    (_S.REQUESTED, _E.SET_ASIDE): Step(_S.QUARANTINE),
    (_S.QUARANTINE, _E.ADOPT): Step(_S.SETTLED),
    (_S.SETTLED, _E.PAY): Step(_S.PAID),
    (_S.SETTLED, _E.ASK_CANCEL): Step(_S.CANCELLING),
    (_S.PAID, _E.ASK_CANCEL): Step(_S.CANCELLING),
    (_S.CANCELLING, _E.POST_CANCEL): Step(_S.CANCELLED),
    (_S.CANCELLING, _E.REFUSE_CANCEL): Step(_S.SETTLED),
}
STANDING: Final = (_S.REQUESTED, _S.SETTLED, _S.PAID, _S.CANCELLING, _S.QUARANTINE)
"""A visit has at most one settlement in these states."""


class Account(TextChoices):
    """Accounts of the double-entry ledger; every event sums to zero."""

    HOSPITAL = "hospital", _("hospital")
    POOL = "pool", _("pooled fund")  # 统筹基金
    CRITICAL = "critical", _("critical illness insurance")  # 大病保险
    ASSISTANCE = "assistance", _("medical assistance")  # 医疗救助
    OTHER = "other", _("other payments")  # 其他支出
    PERSONAL = "personal", _("personal account")  # 个人账户
    CASH = "cash", _("patient")  # 现金支付


class PaymentMethod(TextChoices):
    CASH = "cash", _("cash")
    MOBILE = "mobile", _("mobile payment")
    DEPOSIT = "deposit", _("from the deposit")


class ReceiptKind(TextChoices):
    PAYMENT = "payment", _("payment")
    REFUND = "refund", _("refund")
    DEPOSIT = "deposit", _("deposit")
    DEPOSIT_BACK = "deposit_back", _("deposit returned")


class DayStatus(TextChoices):
    OPEN = "open", _("open")
    COMPARED = "compared", _("compared")
    CLOSED = "closed", _("closed")


class CaseKind(TextChoices):
    """What the three sides do not agree on."""

    CENTRE_MORE = "centre_more", _("the centre has a settlement we do not have")
    HOSPITAL_MORE = "hospital_more", _("the centre does not have our settlement")
    AMOUNT = "amount", _("amounts differ")
    UNKNOWN = "unknown", _("outcome of a message unknown")
    SHIFT = "shift", _("the cashier's count differs")
    FILE = "file", _("the result file is incomplete")


class CaseStatus(TextChoices):
    OPEN = "open", _("open")
    RESOLVED = "resolved", _("resolved")
    ACCEPTED = "accepted", _("accepted with reason")
