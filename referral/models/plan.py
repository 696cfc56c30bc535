"""The plan of a down leg."""

from django.db import models
from django.db.models import Q

from kernel import ids
from referral.choices import ItemState
from referral.models.leg import Referral


class PlanItem(models.Model):
    """One line of a down leg's plan (下一步治疗方案, 康复建议): done, or waived with a reason."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="plan")
    place = models.PositiveIntegerField()
    text = models.CharField(max_length=200)
    due_date = models.DateField()
    state = models.CharField(max_length=10, choices=ItemState, default=ItemState.DUE)
    result = models.CharField(max_length=300, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(
        "consortium.Staff", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["referral", "place"], name="plan_item_one_per_place"),
            models.CheckConstraint(condition=Q(state__in=ItemState.values), name="plan_item_state_known"),
            models.CheckConstraint(
                condition=Q(state="due", done_at__isnull=True, done_by__isnull=True)
                | (~Q(state="due") & Q(done_at__isnull=False, done_by__isnull=False) & ~Q(result="")),
                name="plan_item_ended_by_and_at",
            ),
        ]

    def __str__(self) -> str:
        return self.text
