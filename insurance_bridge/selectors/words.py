"""How the insurance desk's states, codes and cents read."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Self

from django.utils.translation import gettext_lazy as _

from insurance_bridge.choices import CaseKind, SettlementStatus
from insurance_bridge.models import Visit
from kernel.errors import Text

INSURANCE: Final[dict[str, Text]] = {
    "310": _("employee insurance"),  # 职工基本医疗保险
    "390": _("resident insurance"),  # 城乡居民基本医疗保险
}
CLEARING: Final[dict[str, Text]] = {"11": _("outpatient"), "21": _("inpatient")}
IDENTITY: Final[dict[str, Text]] = {
    "7131": _("extreme poverty"),  # 特困
    "7041": _("orphan"),  # 孤儿
    "7019": _("minimum living allowance"),  # 低保
    "7202": _("returned to poverty"),  # 返贫致贫
    "7203": _("unstable, watched"),  # 脱贫不稳定
    "7204": _("at the edge, watched"),  # 边缘易致贫
    "7205": _("sudden hardship, watched"),  # 突发严重困难
    "7201": _("marginal"),  # 低保边缘
    "7110": _("poor through illness"),  # 因病致贫
}


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
    "": (_("to be settled"), "me", "receipt-yuan"),
    SettlementStatus.REQUESTED: (_("with the insurance centre"), "here", "clock"),
    SettlementStatus.SETTLED: (_("to be paid"), "me", "coin-yuan"),
    SettlementStatus.PAID: (_("settled and paid"), "good", "check"),
    SettlementStatus.REFUSED: (_("refused by the centre"), "stop", "x"),
    SettlementStatus.CANCELLING: (_("being cancelled"), "here", "clock"),
    SettlementStatus.CANCELLED: (_("cancelled"), "", "clock"),
    SettlementStatus.QUARANTINE: (_("answer set aside"), "stop", "alert-triangle"),
}
ADVICE: Final[dict[str, Text]] = {
    CaseKind.CENTRE_MORE: _("Look the message up; adopt it if it is ours, else have it reversed."),
    CaseKind.HOSPITAL_MORE: _(
        "Ask the centre (5203); if it is not there, settle again. It is no receivable."
    ),
    CaseKind.AMOUNT: _("Compare the parts with the centre, then correct or cancel and settle again."),
    CaseKind.UNKNOWN: _("Wait for the look-up; nobody settles again by hand."),
    CaseKind.SHIFT: _("Count again with the cashier, then write down what was found."),
    CaseKind.FILE: _("Compare the day again; an incomplete file proves nothing."),
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
