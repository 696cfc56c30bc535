"""What was done and what it costs."""

from decimal import Decimal

from django.db import models
from django.db.models import Q

from insurance_bridge.choices import FeeClass, FeeSource
from kernel import ids


class FeeItem(models.Model):
    """An item of the fee catalogue (收费项目) with its insurance class; prices in cents."""

    code = models.CharField(primary_key=True, max_length=20)
    name = models.CharField(max_length=100)
    initials = models.CharField(max_length=50)
    unit = models.CharField(max_length=20)
    price = models.PositiveBigIntegerField()
    price_limit = models.PositiveBigIntegerField(null=True, blank=True)
    fee_class = models.CharField(max_length=1, choices=FeeClass)
    self_pay_ratio = models.DecimalField(max_digits=4, decimal_places=3, default=0)
    exam_item = models.CharField(max_length=30, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(fee_class__in=FeeClass.values), name="fee_item_class_known"),
            models.CheckConstraint(
                condition=Q(self_pay_ratio__gte=0, self_pay_ratio__lte=1), name="fee_item_ratio_is_a_share"
            ),
            models.UniqueConstraint(
                fields=["exam_item"], condition=~Q(exam_item=""), name="fee_item_one_per_exam_item"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class FeeLine(models.Model):
    """One charge of one visit (费用明细). Price, class and limit are those of the day it was made; cents."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    visit = models.ForeignKey("insurance_bridge.Visit", on_delete=models.PROTECT, related_name="fee_lines")
    item = models.ForeignKey(FeeItem, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=100)
    quantity = models.DecimalField(max_digits=10, decimal_places=2)
    price = models.PositiveBigIntegerField()
    price_limit = models.PositiveBigIntegerField(null=True, blank=True)
    fee_class = models.CharField(max_length=1, choices=FeeClass)
    self_pay_ratio = models.DecimalField(max_digits=4, decimal_places=3)
    amount = models.BigIntegerField()
    source = models.CharField(max_length=10, choices=FeeSource)
    source_ref = models.CharField(max_length=40, blank=True)
    charged_at = models.DateTimeField()
    charged_by = models.CharField(max_length=150)
    voided_at = models.DateTimeField(null=True, blank=True)
    voided_by = models.CharField(max_length=150, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="fee_line_of_something"),
            models.CheckConstraint(condition=Q(source__in=FeeSource.values), name="fee_line_source_known"),
            models.CheckConstraint(
                condition=Q(voided_at__isnull=True, voided_by="")
                | (Q(voided_at__isnull=False) & ~Q(voided_by="")),
                name="fee_line_voided_by_and_at",
            ),
            models.UniqueConstraint(
                fields=["source", "source_ref"],
                condition=~Q(source_ref="") & Q(voided_at__isnull=True),
                name="fee_line_once_per_exam",
            ),
        ]
        indexes = [models.Index(fields=["visit", "charged_at", "id"], name="fee_lines_of_visit")]

    def __str__(self) -> str:
        return self.name

    @property
    def yuan(self) -> Decimal:
        return Decimal(self.amount) / 100
