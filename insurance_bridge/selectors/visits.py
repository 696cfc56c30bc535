"""The cashier's desk: visits with something to settle, and one visit with all its money."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.db.models import OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from emr.index import selectors as index
from emr.index.selectors import PatientCard
from insurance_bridge.choices import (
    MONEY,
    STANDING,
    MessageStatus,
    PaymentMethod,
    ReceiptKind,
    SettlementStatus,
)
from insurance_bridge.conf import centre
from insurance_bridge.models import FeeItem, FeeLine, Message, Receipt, Settlement, Visit
from insurance_bridge.policies import FEE_ITEM, SETTLEMENT, VISIT
from insurance_bridge.selectors.words import Look, identities, insurance_words, yuan
from kernel import clock
from kernel.actor import Actor
from kernel.errors import Text

SLOW: Final = timedelta(seconds=30)
SOON: Final = 2
"""An answer that takes longer, or more tries, is no longer waited for at the window."""
TABS = ("open", "waiting", "pay", "done")
SLIP: Sequence[tuple[str, Text]] = (
    ("total", _("total medical costs")),
    ("full_self_pay", _("wholly self-paid")),
    ("first_self_pay", _("self-paid first")),
    ("over_limit", _("self-paid above the price limit")),
    ("in_scope", _("within policy scope")),
    ("deductible", _("deductible")),
    ("pool", _("pooled fund")),
    ("critical", _("critical illness insurance")),
    ("assistance", _("medical assistance")),
    ("other", _("other payments")),
    ("account", _("personal account")),
    ("cash", _("patient pays")),
)
"""The settlement slip in the order of the rule."""


@dataclass(frozen=True, slots=True)
class DeskRow:
    """One visit in the desk's list."""

    visit: Visit
    card: PatientCard | None
    total: Decimal
    status: str
    look: Look

    @property
    def insurance(self) -> Text:
        """The kind of insurance in words."""
        return insurance_words(self.visit)


@dataclass(frozen=True, slots=True)
class VisitPage:
    """One visit: fee lines, insurance, the present settlement, earlier ones, receipts."""

    visit: Visit
    card: PatientCard
    lines: list[FeeLine]
    total: Decimal
    insurance: Text
    identities: list[tuple[Text, str]]
    settlement: Settlement | None
    look: Look | None
    slip: list[tuple[Text, Decimal]]
    earlier: list[Settlement]
    receipts: list[Receipt]
    busy: bool
    slow: bool
    """The centre has been asked for longer than anybody waits at a window."""
    refundable: Settlement | None
    deposit: Decimal
    """What is left of the deposits, in yuan."""
    lost_at: datetime | None
    """Since when the outcome of a message that moves money is unknown."""
    known_at: datetime | None
    """When a message that is proved absent by then is sent again."""
    may_charge: bool


def _with_status(rows: QuerySet[Visit]) -> QuerySet[Visit]:
    newest = Settlement.objects.filter(visit=OuterRef("pk")).order_by("-requested_at", "-pk")
    fees = (
        FeeLine.objects.filter(visit=OuterRef("pk"), voided_at__isnull=True)
        .order_by()
        .values("visit")
        .annotate(sum=Sum("amount"))
        .values("sum")
    )
    return rows.annotate(
        state=Coalesce(Subquery(newest.values("status")[:1]), Value("")),
        sum=Coalesce(Subquery(fees), 0),
    )


WHERE = {
    "open": Q(state__in=["", SettlementStatus.REFUSED, SettlementStatus.CANCELLED]),
    "waiting": Q(
        state__in=[SettlementStatus.REQUESTED, SettlementStatus.CANCELLING, SettlementStatus.QUARANTINE]
    ),
    "pay": Q(state=SettlementStatus.SETTLED),
    "done": Q(state=SettlementStatus.PAID),
}


def counts(*, by: Actor) -> dict[str, int]:
    """How many visits stand in each tab."""
    rows = _with_status(VISIT.rows(by, "view"))
    return {tab: rows.filter(WHERE[tab]).count() for tab in TABS}


def desk(*, by: Actor, tab: str = "open", limit: int = 100) -> list[DeskRow]:
    """The visits of one tab, newest first."""
    rows = list(_with_status(VISIT.rows(by, "view")).filter(WHERE[tab]).order_by("-begun_at", "-pk")[:limit])
    cards = index.cards(by=by, patient_ids=[row.patient_id for row in rows])
    return [_desk_row(row, cards.get(row.patient_id)) for row in rows]


def _desk_row(row: Visit, card: PatientCard | None) -> DeskRow:
    status: str = getattr(row, "state")  # noqa: B009  annotated by _with_status
    return DeskRow(row, card, yuan(getattr(row, "sum")), status, Look.of(status))  # noqa: B009  annotated


def fee_items(*, by: Actor) -> list[FeeItem]:
    """The fee catalogue."""
    return list(FEE_ITEM.rows(by, "view").order_by("code"))


def visit_page(*, by: Actor, visit_id: UUID) -> VisitPage:
    """Everything of one visit. 404 outside the actor's institution."""
    visit = VISIT.fetch(by, "view", visit_id)
    settlements = list(SETTLEMENT.rows(by, "view").filter(visit=visit).order_by("-requested_at", "-pk"))
    present = next((row for row in settlements if row.status in STANDING), None)
    lines = list(visit.fee_lines.filter(voided_at__isnull=True).order_by("charged_at", "pk"))
    receipts = list(visit.receipts.order_by("received_at", "pk"))
    asked = list(Message.objects.filter(visit=visit, posted_at__isnull=True))
    lost_at = min((one.created_at for one in asked if _lost(one)), default=None)
    return VisitPage(
        visit=visit,
        card=index.card(by=by, patient_id=visit.patient_id),
        lines=lines,
        total=yuan(sum(line.amount for line in lines)),
        insurance=insurance_words(visit),
        identities=identities(visit),
        settlement=present,
        look=Look.of(present.status) if present else None,
        slip=_slip(present),
        earlier=[row for row in settlements if row is not present],
        receipts=receipts,
        busy=bool(asked),
        slow=any(one.attempts > SOON or clock.now() - one.created_at > SLOW for one in asked),
        deposit=yuan(deposit_left(receipts)),
        lost_at=lost_at,
        known_at=lost_at + centre().late_commit if lost_at else None,
        refundable=_refundable(settlements, receipts),
        may_charge=VISIT.allows(by, "charge"),
    )


def _lost(asked: Message) -> bool:
    return asked.status == MessageStatus.UNKNOWN and asked.infno in MONEY


def deposit_left(receipts: Iterable[Receipt]) -> int:
    """What is left of the deposits among the receipts of a visit, in cents."""
    rows, kept = list(receipts), (ReceiptKind.DEPOSIT, ReceiptKind.DEPOSIT_BACK)
    spent = sum(row.amount for row in rows if row.method == PaymentMethod.DEPOSIT)
    return sum(row.amount for row in rows if row.kind in kept) - spent


def _slip(settlement: Settlement | None) -> list[tuple[Text, Decimal]]:
    if settlement is None or not settlement.setl_id:
        return []
    return [(label, yuan(getattr(settlement, name))) for name, label in SLIP]


def _refundable(settlements: list[Settlement], receipts: list[Receipt]) -> Settlement | None:
    paid = {row.settlement_id for row in receipts if row.kind == "payment"}
    back = {row.settlement_id for row in receipts if row.kind == "refund"}
    return next(
        (
            row
            for row in settlements
            if row.status == SettlementStatus.CANCELLED and row.pk in paid and row.pk not in back
        ),
        None,
    )
