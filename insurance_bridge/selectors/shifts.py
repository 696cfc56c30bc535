"""The cashier's shift: what the receipts say."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db.models import Sum

from emr.index import selectors as index
from emr.index.selectors import PatientCard
from insurance_bridge.choices import PaymentMethod, ReceiptKind
from insurance_bridge.models import Receipt, Shift
from insurance_bridge.policies import SHIFT
from insurance_bridge.selectors.words import yuan
from kernel import clock
from kernel.actor import Actor
from kernel.errors import Text


@dataclass(frozen=True, slots=True)
class ShiftPage:
    """A shift with its receipts, each with whose it is, and sums by kind and method, in yuan."""

    shift: Shift
    receipts: list[tuple[Receipt, PatientCard | None]]
    sums: Sequence[tuple[Text, Text, Decimal]]
    cash: Decimal
    mobile: Decimal
    counted_cash: Decimal | None
    counted_mobile: Decimal | None

    @property
    def over_midnight(self) -> bool:
        """Still open on another day than it began: that day cannot be closed before it."""
        return self.shift.closed_at is None and self.shift.day_date < clock.today()

    @property
    def counted(self) -> list[tuple[Text, Decimal, Decimal, Decimal]]:
        """By method: what the receipts say, what was counted, and by how much that is more or less."""
        cash, mobile = self.counted_cash or Decimal(0), self.counted_mobile or Decimal(0)
        return [
            (PaymentMethod.CASH.label, self.cash, cash, cash - self.cash),
            (PaymentMethod.MOBILE.label, self.mobile, mobile, mobile - self.mobile),
        ]


def my_shift(*, by: Actor) -> Shift | None:
    """The actor's open shift at this institution."""
    return SHIFT.rows(by, "view").filter(cashier=by.id, closed_at__isnull=True).first()


def shift_page(*, by: Actor, shift_id: UUID) -> ShiftPage:
    shift = SHIFT.fetch(by, "view", shift_id)
    receipts = list(shift.receipts.select_related("settlement", "visit").order_by("received_at", "pk"))
    cards = index.cards(by=by, patient_ids=[row.visit.patient_id for row in receipts])
    groups = (
        shift.receipts.order_by("kind", "method").values_list("kind", "method").annotate(sum=Sum("amount"))
    )
    sums = [(ReceiptKind(k).label, PaymentMethod(m).label, yuan(amount)) for k, m, amount in groups]
    return ShiftPage(
        shift=shift,
        receipts=[(row, cards.get(row.visit.patient_id)) for row in receipts],
        sums=sums,
        cash=yuan(sum(row.amount for row in receipts if row.method == PaymentMethod.CASH)),
        mobile=yuan(sum(row.amount for row in receipts if row.method == PaymentMethod.MOBILE)),
        counted_cash=None if shift.counted_cash is None else yuan(shift.counted_cash),
        counted_mobile=None if shift.counted_mobile is None else yuan(shift.counted_mobile),
    )
