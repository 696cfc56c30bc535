"""States of the insurance desk and what its differences are called."""

from collections.abc import Mapping
from typing import Final

from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy

from consortium.choices import OrganisationKind
from emr.index.choices import IdKind
from kernel.workflow import Step

LEVELS: Final = {OrganisationKind.HEAD_HOSPITAL: 2, OrganisationKind.OUTSIDE: 3}


def level_of(kind: str) -> int:
    """Insurance level of a kind of institution (1-3); branches and clinics are of the first."""
    return LEVELS.get(OrganisationKind(kind), 1)


class VisitKind(TextChoices):
    OUTPATIENT = "outpatient", pgettext_lazy("insurance", "outpatient")  # clr_type 11
    INPATIENT = "inpatient", pgettext_lazy("insurance", "inpatient")  # clr_type 21


class FeeClass(TextChoices):
    """Class of a fee item in the insurance catalogue (chrgitm_lv)."""

    A = "A", pgettext_lazy("insurance", "class A")  # 甲类
    B = "B", pgettext_lazy("insurance", "class B")  # 乙类
    C = "C", pgettext_lazy("insurance", "class C")  # 丙类, 全自费


class FeeSource(TextChoices):
    TYPED = "typed", pgettext_lazy("insurance", "entered by hand")
    EXAM = "exam", pgettext_lazy("insurance", "from a finished exam")


class MessageStatus(TextChoices):
    """Where one message to the insurance centre stands. UNKNOWN ends only by proof."""

    COMMITTED = "committed", pgettext_lazy("insurance", "to be sent")
    SENT = "sent", pgettext_lazy("insurance", "sent, no answer yet")
    SUCCESS = "success", pgettext_lazy("insurance", "accepted")
    FAIL = "fail", pgettext_lazy("insurance", "refused")
    UNKNOWN = "unknown", pgettext_lazy("insurance", "outcome unknown")
    QUARANTINE = "quarantine", pgettext_lazy("insurance", "answer set aside")


OPEN_VISIT: Final[Mapping[str, str]] = {VisitKind.INPATIENT: "2401", VisitKind.OUTPATIENT: "2201"}
SEND_FEES: Final[Mapping[str, str]] = {VisitKind.INPATIENT: "2301", VisitKind.OUTPATIENT: "2204"}
SETTLE: Final[Mapping[str, str]] = {VisitKind.INPATIENT: "2304", VisitKind.OUTPATIENT: "2207"}
CANCEL: Final[Mapping[str, str]] = {VisitKind.INPATIENT: "2305", VisitKind.OUTPATIENT: "2208"}
"""The transaction of the centre (infno) for each step of a visit, by its kind."""
MED_TYPE: Final[Mapping[str, str]] = {VisitKind.INPATIENT: "21", VisitKind.OUTPATIENT: "11"}
"""医疗类别 by the kind of visit."""
CERTIFICATE: Final[Mapping[str, str]] = {
    IdKind.RESIDENT: "01",
    IdKind.HK_MACAO_TAIWAN: "01",  # its number is a 公民身份号码 like a resident's
    IdKind.PERMANENT: "07",
    IdKind.PASSPORT: "08",
}
"""证件类型 (psn_cert_type) by the kind of document; who has none cannot be asked about."""
MONEY: Final = frozenset({*SETTLE.values(), *CANCEL.values()})
"""Transactions that move money: never repeated before their absence at the centre is proved."""


class SettlementStatus(TextChoices):
    REQUESTED = "requested", pgettext_lazy("insurance", "with the insurance centre")
    SETTLED = "settled", pgettext_lazy("insurance", "settled")
    PAID = "paid", pgettext_lazy("insurance", "settled and paid")
    REFUSED = "refused", pgettext_lazy("insurance", "refused by the centre")
    CANCELLING = "cancelling", pgettext_lazy("insurance", "being cancelled")
    CANCELLED = "cancelled", pgettext_lazy("insurance", "cancelled")
    QUARANTINE = "quarantine", pgettext_lazy("insurance", "answer set aside")


class SettlementEvent(TextChoices):
    POST = "post", pgettext_lazy("insurance", "settle")
    REFUSE = "refuse", pgettext_lazy("insurance", "refuse")
    SET_ASIDE = "set_aside", pgettext_lazy("insurance", "set aside")
    PAY = "pay", pgettext_lazy("insurance", "take payment")
    ASK_CANCEL = "ask_cancel", pgettext_lazy("insurance", "cancel")
    POST_CANCEL = "post_cancel", pgettext_lazy("insurance", "cancel")
    REFUSE_CANCEL = "refuse_cancel", pgettext_lazy("insurance", "refuse the cancellation")
    STAY_PAID = "stay_paid", pgettext_lazy("insurance", "refuse the cancellation")
    LOOK_AGAIN = "look_again", pgettext_lazy("insurance", "ask the centre again")


_S, _E = SettlementStatus, SettlementEvent
SETTLEMENT_STEPS: Final[dict[tuple[SettlementStatus, SettlementEvent], Step]] = {
    (_S.REQUESTED, _E.POST): Step(_S.SETTLED),
    (_S.REQUESTED, _E.REFUSE): Step(_S.REFUSED),
    (_S.REQUESTED, _E.SET_ASIDE): Step(_S.QUARANTINE),
    (_S.QUARANTINE, _E.LOOK_AGAIN): Step(_S.REQUESTED),
    (_S.SETTLED, _E.PAY): Step(_S.PAID),
    (_S.SETTLED, _E.ASK_CANCEL): Step(_S.CANCELLING),
    (_S.PAID, _E.ASK_CANCEL): Step(_S.CANCELLING),
    (_S.CANCELLING, _E.POST_CANCEL): Step(_S.CANCELLED),
    (_S.CANCELLING, _E.REFUSE_CANCEL): Step(_S.SETTLED),
    (_S.CANCELLING, _E.STAY_PAID): Step(_S.PAID),
}
STANDING: Final = (_S.REQUESTED, _S.SETTLED, _S.PAID, _S.CANCELLING, _S.QUARANTINE)
"""A visit has at most one settlement in these states."""


class Account(TextChoices):
    """Accounts of the double-entry ledger; every event sums to zero."""

    HOSPITAL = "hospital", pgettext_lazy("insurance", "hospital")
    POOL = "pool", pgettext_lazy("insurance", "pooled fund")  # 统筹基金
    CRITICAL = "critical", pgettext_lazy("insurance", "critical illness insurance")  # 大病保险
    ASSISTANCE = "assistance", pgettext_lazy("insurance", "medical assistance")  # 医疗救助
    OTHER = "other", pgettext_lazy("insurance", "other payments")  # 其他支出
    PERSONAL = "personal", pgettext_lazy("insurance", "personal account")  # 个人账户
    CASH = "cash", pgettext_lazy("insurance", "patient")  # 现金支付


class PaymentMethod(TextChoices):
    CASH = "cash", pgettext_lazy("insurance", "cash")
    MOBILE = "mobile", pgettext_lazy("insurance", "mobile payment")
    DEPOSIT = "deposit", pgettext_lazy("insurance", "from the deposit")


class ReceiptKind(TextChoices):
    PAYMENT = "payment", pgettext_lazy("insurance", "payment")
    REFUND = "refund", pgettext_lazy("insurance", "refund")
    DEPOSIT = "deposit", pgettext_lazy("insurance", "deposit")
    DEPOSIT_BACK = "deposit_back", pgettext_lazy("insurance", "deposit returned")


class DayStatus(TextChoices):
    OPEN = "open", pgettext_lazy("insurance day", "open")
    COMPARED = "compared", pgettext_lazy("insurance day", "compared")
    CLOSED = "closed", pgettext_lazy("insurance day", "closed")


class CaseKind(TextChoices):
    """What the three sides do not agree on."""

    CENTRE_MORE = "centre_more", pgettext_lazy("insurance", "the centre has a settlement we do not have")
    HOSPITAL_MORE = "hospital_more", pgettext_lazy("insurance", "the centre does not have our settlement")
    AMOUNT = "amount", pgettext_lazy("insurance", "amounts differ")
    UNKNOWN = "unknown", pgettext_lazy("insurance", "outcome of a message unknown")
    SHIFT = "shift", pgettext_lazy("insurance", "the cashier's count differs")
    FILE = "file", pgettext_lazy("insurance", "the result file is incomplete")


class CaseStatus(TextChoices):
    OPEN = "open", pgettext_lazy("insurance case", "open")
    RESOLVED = "resolved", pgettext_lazy("insurance", "resolved")
    ACCEPTED = "accepted", pgettext_lazy("insurance", "accepted with reason")
