"""What changed of a leg beside the table: its urgency, the day it waits for, that the patient has left the ward."""

from django.db import models
from django.db.models import F, Q

from kernel import ids
from referral.choices import Priority
from referral.models.leg import Referral


class PriorityChange(models.Model):
    """The urgency of a leg was changed, with the reason (invariant 8); append-only. `version` is the leg's that bears
    it; the state's own history stays free of it, so that replaying that still gives the state."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="priorities")
    version = models.PositiveIntegerField()
    before = models.CharField(max_length=10, choices=Priority)
    after = models.CharField(max_length=10, choices=Priority)
    reason = models.CharField(max_length=200)
    staff = models.ForeignKey("consortium.Staff", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("consortium.Organisation", on_delete=models.PROTECT, related_name="+")
    happened_at = models.DateTimeField()
    due_before_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["referral", "version"], name="priority_one_per_version"),
            models.CheckConstraint(condition=~Q(before=F("after")), name="priority_really_changes"),
            models.CheckConstraint(condition=~Q(reason=""), name="priority_changed_with_reason"),
            models.CheckConstraint(
                condition=Q(before__in=Priority.values, after__in=Priority.values), name="priority_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.before} → {self.after}"


class DayChange(models.Model):
    """The day a place is expected for somebody who waits was moved, with the reason; append-only. `version` is the
    leg's that bears it."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="days")
    version = models.PositiveIntegerField()
    before_date = models.DateField()
    after_date = models.DateField()
    reason = models.CharField(max_length=200)
    staff = models.ForeignKey("consortium.Staff", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("consortium.Organisation", on_delete=models.PROTECT, related_name="+")
    happened_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["referral", "version"], name="day_one_per_version"),
            models.CheckConstraint(condition=~Q(before_date=F("after_date")), name="day_really_changes"),
            models.CheckConstraint(condition=~Q(reason=""), name="day_changed_with_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.before_date} → {self.after_date}"


class Discharge(models.Model):
    """A patient in care has left the ward (出院); append-only. `version` is the leg's that bears it, `left_at` when she
    left. `staff` is empty where the hospital's own system told it, or where it was written down before this table."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    referral = models.OneToOneField(Referral, on_delete=models.PROTECT, related_name="departure")
    version = models.PositiveIntegerField()
    left_at = models.DateTimeField()
    staff = models.ForeignKey(
        "consortium.Staff", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    organisation = models.ForeignKey("consortium.Organisation", on_delete=models.PROTECT, related_name="+")
    happened_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(left_at__lte=F("happened_at")), name="discharge_not_in_the_future"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.left_at:%Y-%m-%d %H:%M}"
