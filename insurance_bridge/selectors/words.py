"""How the insurance desk's states, codes and cents read."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Self

from django.utils.translation import pgettext_lazy

from insurance_bridge.choices import CaseKind, SettlementStatus
from insurance_bridge.models import Visit
from kernel.errors import Text

INSURANCE: Final[dict[str, Text]] = {
    "310": pgettext_lazy("insurance", "employee insurance"),  # 职工基本医疗保险
    "390": pgettext_lazy("insurance", "resident insurance"),  # 城乡居民基本医疗保险
}
CLEARING: Final[dict[str, Text]] = {
    "11": pgettext_lazy("insurance", "outpatient"),
    "21": pgettext_lazy("insurance", "inpatient"),
}
IDENTITY: Final[dict[str, Text]] = {
    "7131": pgettext_lazy("insurance", "extreme poverty"),  # 特困
    "7041": pgettext_lazy("insurance", "orphan"),  # 孤儿
    "7019": pgettext_lazy("insurance", "minimum living allowance"),  # 低保
    "7202": pgettext_lazy("insurance", "returned to poverty"),  # 返贫致贫
    "7203": pgettext_lazy("insurance", "unstable, watched"),  # 脱贫不稳定
    "7204": pgettext_lazy("insurance", "at the edge, watched"),  # 边缘易致贫
    "7205": pgettext_lazy("insurance", "sudden hardship, watched"),  # 突发严重困难
    "7201": pgettext_lazy("insurance", "marginal"),  # 低保边缘
    "7110": pgettext_lazy("insurance", "poor through illness"),  # 因病致贫
}

MESSAGES: Final[dict[str, Text]] = {
    "1101": pgettext_lazy("insurance message", "who is insured"),
    "2201": pgettext_lazy("insurance message", "outpatient registration"),
    "2204": pgettext_lazy("insurance message", "outpatient fees"),
    "2207": pgettext_lazy("insurance message", "outpatient settlement"),
    "2208": pgettext_lazy("insurance message", "outpatient settlement cancelled"),
    "2301": pgettext_lazy("insurance message", "inpatient fees"),
    "2304": pgettext_lazy("insurance message", "inpatient settlement"),
    "2305": pgettext_lazy("insurance message", "inpatient settlement cancelled"),
    "2401": pgettext_lazy("insurance message", "admission"),
    "3201": pgettext_lazy("insurance message", "totals of the day"),
    "3202": pgettext_lazy("insurance message", "details of the day"),
    "5203": pgettext_lazy("insurance message", "settlement looked up"),
    "9101": pgettext_lazy("insurance message", "file sent"),
    "9102": pgettext_lazy("insurance message", "file fetched"),
}
"""What the transactions of the interface are called, by their number."""


REGROUPED: Final[Text] = pgettext_lazy("insurance", "counted under another type")
REGROUPED_ADVICE: Final[Text] = pgettext_lazy(
    "insurance",
    "Both sides have it, under different types. Have the type put right with the centre; never settle it again.",
)
"""A settlement that stands in the files of two groups, as ours alone in one and as the centre's alone in the other."""


def group_words(insutype: str, clr_type: str) -> str:
    """Insurance and clearing type in words, with their codes."""
    insurance, clearing = INSURANCE.get(insutype, insutype), CLEARING.get(clr_type, clr_type)
    return f"{insurance} {insutype} · {clearing} {clr_type}"


@dataclass(frozen=True, slots=True)
class Look:
    """A state as a badge: words, tone, icon."""

    text: Text
    tone: str
    icon: str

    @classmethod
    def of(cls, status: str) -> Self:
        text, tone, icon = LOOKS[status]
        return cls(text, tone, icon)


LOOKS: Final[dict[str, tuple[Text, str, str]]] = {
    "": (pgettext_lazy("insurance", "to be settled"), "me", "receipt-yuan"),
    SettlementStatus.REQUESTED: (pgettext_lazy("insurance", "with the insurance centre"), "here", "clock"),
    SettlementStatus.SETTLED: (pgettext_lazy("insurance", "to be paid"), "me", "coin-yuan"),
    SettlementStatus.PAID: (pgettext_lazy("insurance", "settled and paid"), "good", "check"),
    SettlementStatus.REFUSED: (pgettext_lazy("insurance", "refused by the centre"), "stop", "x"),
    SettlementStatus.CANCELLING: (pgettext_lazy("insurance", "being cancelled"), "here", "clock"),
    SettlementStatus.CANCELLED: (pgettext_lazy("insurance", "cancelled"), "", "clock"),
    SettlementStatus.QUARANTINE: (pgettext_lazy("insurance", "answer set aside"), "stop", "alert-triangle"),
}
ADVICE: Final[dict[str, Text]] = {
    CaseKind.CENTRE_MORE: pgettext_lazy(
        "insurance", "Look the message up; adopt it if it is ours, else have it reversed."
    ),
    CaseKind.HOSPITAL_MORE: pgettext_lazy(
        "insurance",
        "Ask the centre (5203); if it is not there, settle again. It is no receivable.",
    ),
    CaseKind.AMOUNT: pgettext_lazy(
        "insurance", "Compare the parts with the centre, then correct or cancel and settle again."
    ),
    CaseKind.UNKNOWN: pgettext_lazy("insurance", "Wait for the look-up; nobody settles again by hand."),
    CaseKind.SHIFT: pgettext_lazy(
        "insurance", "Count again with the cashier, then write down what was found."
    ),
    CaseKind.FILE: pgettext_lazy("insurance", "Compare the day again; an incomplete file proves nothing."),
}


def yuan(amount: int) -> Decimal:
    """Cents as yuan, for people."""
    return Decimal(amount) / 100


def insurance_words(visit: Visit) -> Text:
    """The insurance of a visit in words, empty before it was checked."""
    return INSURANCE.get(visit.insutype, visit.insutype)


def identities(visit: Visit) -> list[tuple[Text, str]]:
    """Welfare identities of a visit: words and last day (empty: no end)."""
    return [(IDENTITY.get(entry["code"], entry["code"]), entry["end"]) for entry in visit.identities]
