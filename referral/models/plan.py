"""What goes down with a patient: medicines and the plan."""

from django.db import models
from django.db.models import Q

from kernel import ids
from referral.choices import ItemKind, ItemState, Way
from referral.models.leg import Referral


class Medicine(models.Model):
    """One line of a down leg's medication list (带药): drug, dose, how often, how long."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="medicines")
    place = models.PositiveIntegerField()
    name = models.CharField(max_length=80)
    dose = models.CharField(max_length=40, blank=True)
    often = models.CharField(max_length=40, blank=True)
    long = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["referral", "place"], name="medicine_one_per_place"),
            models.CheckConstraint(condition=~Q(name=""), name="medicine_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name


class PlanItem(models.Model):
    """One line of a down leg's plan (下一步治疗方案, 康复建议): done, or waived with a reason.

    What is repeated stands here once for each day: the `turn`-th of `turns`. `encounter_id` is the visit in the
    branch's own record that holds the readings; `danger`: one of them asks to refer up at once.
    """

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="plan")
    place = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=ItemKind, default=ItemKind.VISIT)
    text = models.CharField(max_length=200)
    turn = models.PositiveSmallIntegerField(default=1)
    turns = models.PositiveSmallIntegerField(default=1)
    due_date = models.DateField()
    state = models.CharField(max_length=10, choices=ItemState, default=ItemState.DUE)
    way = models.CharField(max_length=10, choices=Way, blank=True)
    result = models.CharField(max_length=300, blank=True)
    encounter_id = models.CharField(max_length=64, blank=True)
    danger = models.BooleanField(default=False)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(
        "consortium.Staff", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["referral", "place"], name="plan_item_one_per_place"),
            models.CheckConstraint(condition=Q(kind__in=ItemKind.values), name="plan_item_kind_known"),
            models.CheckConstraint(condition=Q(state__in=ItemState.values), name="plan_item_state_known"),
            models.CheckConstraint(
                condition=Q(state="due", done_at__isnull=True, done_by__isnull=True)
                | (~Q(state="due") & Q(done_at__isnull=False, done_by__isnull=False) & ~Q(result="")),
                name="plan_item_ended_by_and_at",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_date", "referral"], condition=Q(state="due"), name="plan_items_by_due_date"
            )
        ]

    def __str__(self) -> str:
        return self.text
