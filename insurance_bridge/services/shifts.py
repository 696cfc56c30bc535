"""Money over the counter: payment, refund, deposit, and the close of the cashier's shift (日结)."""

from uuid import UUID

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from insurance_bridge import selectors
from insurance_bridge.choices import (
    SETTLEMENT_STEPS,
    STANDING,
    CaseKind,
    PaymentMethod,
    ReceiptKind,
    SettlementEvent,
    SettlementStatus,
)
from insurance_bridge.models import Receipt, Settlement, Shift, Visit
from insurance_bridge.policies import SETTLEMENT, SHIFT, VISIT
from insurance_bridge.selectors.words import yuan
from insurance_bridge.services import cases
from kernel import audit, clock, idempotency
from kernel.actor import Actor
from kernel.errors import Conflict, Invalid, Refused, Text
from kernel.workflow import move


@transaction.atomic
def take_payment(*, by: Actor, key: str, settlement_id: UUID, version: int, method: str) -> Settlement:
    """Take the patient's own share of a settled visit. One payment per settlement (database constraint)."""
    settlement = SETTLEMENT.fetch(by, "pay", settlement_id, lock=True)
    if idempotency.first(by=by, verb="insurance.pay", key=key, subject=settlement.pk):
        return settlement
    move(settlement, SettlementEvent.PAY, SETTLEMENT_STEPS, version=version)
    if method == PaymentMethod.DEPOSIT:
        _demand_deposit(by, settlement)
    settlement.save(update_fields=["status", "version"])
    _receive(by, settlement.visit, settlement, ReceiptKind.PAYMENT, method, settlement.cash)
    audit.record(
        by=by,
        action="insurance.paid",
        subject=settlement,
        patient=settlement.visit.patient_id,
        detail={"method": str(method), "cents": settlement.cash},
    )
    return settlement


@transaction.atomic
def give_refund(*, by: Actor, key: str, settlement_id: UUID) -> Settlement:
    """Give back what was paid for a cancelled settlement, by the way it was paid."""
    settlement = SETTLEMENT.fetch(by, "pay", settlement_id, lock=True)
    if idempotency.first(by=by, verb="insurance.refund", key=key, subject=settlement.pk):
        return settlement
    paid = settlement.receipts.filter(kind=ReceiptKind.PAYMENT).first()
    refunded = settlement.receipts.filter(kind=ReceiptKind.REFUND).exists()
    if settlement.status != SettlementStatus.CANCELLED or paid is None or refunded:
        raise Conflict(_("There is nothing to give back for this settlement."), code="nothing_to_refund")
    _receive(by, settlement.visit, settlement, ReceiptKind.REFUND, paid.method, -paid.amount)
    audit.record(by=by, action="insurance.refunded", subject=settlement, detail={"cents": paid.amount})
    return settlement


@transaction.atomic
def take_deposit(*, by: Actor, key: str, visit_id: UUID, method: str, amount: int) -> Visit:
    """Take a deposit (预交金) in cents for a visit."""
    visit = VISIT.fetch(by, "charge", visit_id, lock=True)
    if idempotency.first(by=by, verb="insurance.deposit", key=key, subject=visit.pk):
        return visit
    _demand_money(method)
    if amount <= 0:
        raise Invalid(fields={"amount": _("Give an amount above zero.")})
    _receive(by, visit, None, ReceiptKind.DEPOSIT, method, amount)
    audit.record(
        by=by,
        action="insurance.deposit_taken",
        subject=visit,
        patient=visit.patient_id,
        detail={"cents": amount},
    )
    return visit


@transaction.atomic
def return_deposit(*, by: Actor, key: str, visit_id: UUID, method: str) -> Visit:
    """Give back what is left of the deposits of a visit (退预交金), all of it, in cash or by mobile payment.

    Raises Conflict while a settlement of the visit is under way or unpaid ("settlement_open") and when nothing is
    left ("no_deposit").
    """
    visit = VISIT.fetch(by, "charge", visit_id, lock=True)
    if idempotency.first(by=by, verb="insurance.return_deposit", key=key, subject=visit.pk):
        return visit
    _demand_money(method)
    unpaid = visit.settlements.filter(status__in=STANDING).exclude(status=SettlementStatus.PAID)
    if unpaid.exists():
        raise Conflict(
            _("Receive the patient's share first; then give back the rest."), code="settlement_open"
        )
    left = selectors.deposit_left(visit.receipts.all())
    if left <= 0:
        raise Conflict(_("Nothing is left of the deposit."), code="no_deposit")
    _receive(by, visit, None, ReceiptKind.DEPOSIT_BACK, method, -left)
    audit.record(
        by=by,
        action="insurance.deposit_returned",
        subject=visit,
        patient=visit.patient_id,
        detail={"cents": left},
    )
    return visit


def _demand_money(method: str) -> None:
    """A deposit comes and goes as cash or mobile payment, never out of itself."""
    if method == PaymentMethod.DEPOSIT:
        raise Invalid(fields={"method": _("Choose how it is paid.")})


def _demand_deposit(by: Actor, settlement: Settlement) -> None:
    """The visit's deposits cover the patient's share; the visit stays locked until the receipt stands."""
    visit = VISIT.fetch(by, "charge", settlement.visit_id, lock=True)
    left = selectors.deposit_left(visit.receipts.all())
    if left < settlement.cash:
        words = _("The deposit holds only ¥%(left)s. Take more first, or choose another way.")
        raise Invalid(fields={"method": words % {"left": f"{yuan(left):,.2f}"}})


def _receive(
    by: Actor, visit: Visit, settlement: Settlement | None, kind: ReceiptKind, method: str, amount: int
) -> None:
    if method not in PaymentMethod.values:
        raise Invalid(fields={"method": _("Choose how it is paid.")})
    Receipt.objects.create(
        shift=_open_shift(by),
        visit=visit,
        settlement=settlement,
        kind=kind,
        method=method,
        amount=amount,
        received_at=clock.now(),
    )


def _open_shift(by: Actor) -> Shift:
    """The actor's open shift, locked, begun by the first money of the day."""
    if by.id is None or by.organisation is None:
        raise Refused(code="no_cashier")
    now = clock.now()
    Shift.objects.bulk_create(
        [
            Shift(
                organisation_id=by.organisation,
                cashier_id=by.id,
                opened_at=now,
                day_date=clock.day_of(now),
            )
        ],
        ignore_conflicts=True,
    )
    return Shift.objects.select_for_update(of=("self",)).get(
        cashier=by.id, organisation=by.organisation, closed_at__isnull=True
    )


@transaction.atomic
def close_shift(
    *,
    by: Actor,
    key: str,
    shift_id: UUID,
    version: int,
    counted_cash: int,
    counted_mobile: int,
    note: str = "",
) -> Shift:
    """Close the shift with what was counted (cents). A difference needs a note and becomes a case."""
    shift = SHIFT.fetch(by, "close", shift_id, lock=True)
    if idempotency.first(by=by, verb="insurance.close_shift", key=key, subject=shift.pk):
        return shift
    if shift.closed_at:
        raise Conflict(_("This shift is closed already."), code="closed")
    if shift.version != version:
        raise Conflict(code="version_conflict")
    shift.expected_cash = expected(shift, PaymentMethod.CASH)
    shift.expected_mobile = expected(shift, PaymentMethod.MOBILE)
    differs = (counted_cash, counted_mobile) != (shift.expected_cash, shift.expected_mobile)
    if differs and not note.strip():
        raise Invalid(fields={"note": _difference_words(shift, counted_cash, counted_mobile)})
    shift.counted_cash, shift.counted_mobile, shift.note = counted_cash, counted_mobile, note.strip()[:200]
    shift.closed_at, shift.version = clock.now(), shift.version + 1
    shift.save()
    if differs:
        cases.open_shift_case(by, shift)
    audit.record(
        by=by,
        action="insurance.shift_closed",
        subject=shift,
        detail={"kind": CaseKind.SHIFT.value if differs else "even", "cents": counted_cash + counted_mobile},
    )
    return shift


def _difference_words(shift: Shift, counted_cash: int, counted_mobile: int) -> Text:
    """By how much the count is more or less than the receipts, each way of paying apart: +1.00 would hide -1.00."""
    words = _("The count differs from the receipts (cash ¥%(cash)s, mobile payments ¥%(mobile)s): say why.")
    apart = {"cash": counted_cash - shift.expected_cash, "mobile": counted_mobile - shift.expected_mobile}
    return words % {name: f"{yuan(cents):+,.2f}".replace("-", "−") for name, cents in apart.items()}


def expected(shift: Shift, method: PaymentMethod) -> int:
    """What the receipts of a shift say must be there, in cents."""
    total = shift.receipts.filter(method=method).aggregate(sum=Sum("amount"))["sum"]
    return int(total or 0)
