"""Money: the double-entry ledger, receipts, the cashier's shift. All amounts in integer cents."""

from decimal import Decimal

from django.db import models
from django.db.models import Q

from insurance_bridge.choices import Account, PaymentMethod, ReceiptKind
from kernel import ids


class LedgerEntry(models.Model):
    """One side of one event; append-only, and the entries of an event sum to zero (deferred trigger)."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    event = models.UUIDField(db_index=True)
    settlement = models.ForeignKey(
        "insurance_bridge.Settlement", on_delete=models.PROTECT, related_name="ledger"
    )
    account = models.CharField(max_length=12, choices=Account)
    amount = models.BigIntegerField()
    booked_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(account__in=Account.values), name="ledger_account_known"),
            models.UniqueConstraint(fields=["event", "account"], name="ledger_one_entry_per_account"),
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.amount}"


class Shift(models.Model):
    """A cashier's shift (收费员日结): what the receipts say against what lies in the drawer."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    version = models.PositiveIntegerField(default=1)
    organisation = models.ForeignKey("consortium.Organisation", on_delete=models.PROTECT, related_name="+")
    cashier = models.ForeignKey("consortium.Staff", on_delete=models.PROTECT, related_name="shifts")
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    day_date = models.DateField()
    counted_cash = models.BigIntegerField(null=True, blank=True)
    counted_mobile = models.BigIntegerField(null=True, blank=True)
    expected_cash = models.BigIntegerField(default=0)
    expected_mobile = models.BigIntegerField(default=0)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["cashier", "organisation"],
                condition=Q(closed_at__isnull=True),
                name="shift_one_open_per_cashier",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True)
                | Q(counted_cash__isnull=False, counted_mobile__isnull=False),
                name="shift_closed_with_a_count",
            ),
        ]
        indexes = [models.Index(fields=["organisation", "day_date", "id"], name="shifts_of_day")]

    def __str__(self) -> str:
        return f"{self.day_date}"


class Receipt(models.Model):
    """Money over the counter (收据), positive in and negative out; append-only."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    shift = models.ForeignKey(Shift, on_delete=models.PROTECT, related_name="receipts")
    visit = models.ForeignKey("insurance_bridge.Visit", on_delete=models.PROTECT, related_name="receipts")
    settlement = models.ForeignKey(
        "insurance_bridge.Settlement",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="receipts",
    )
    kind = models.CharField(max_length=12, choices=ReceiptKind)
    method = models.CharField(max_length=10, choices=PaymentMethod)
    amount = models.BigIntegerField()
    received_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=ReceiptKind.values), name="receipt_kind_known"),
            models.CheckConstraint(condition=Q(method__in=PaymentMethod.values), name="receipt_method_known"),
            models.CheckConstraint(
                condition=Q(kind__in=["payment", "deposit"], amount__gte=0)
                | Q(kind__in=["refund", "deposit_back"], amount__lte=0),
                name="receipt_sign_fits_its_kind",
            ),
            models.UniqueConstraint(
                fields=["settlement", "kind"],
                condition=Q(kind__in=["payment", "refund"]),
                name="receipt_one_payment_and_one_refund",
            ),
        ]
        indexes = [models.Index(fields=["shift", "received_at", "id"], name="receipts_of_shift")]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount}"

    @property
    def yuan(self) -> Decimal:
        return Decimal(self.amount) / 100
