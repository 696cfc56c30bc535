"""What the clock of a leg rests on: the limits an institution sets, changes of urgency, papers written afterwards."""

from django.db import models
from django.db.models import F, Q

from kernel import ids
from referral.choices import Backfill, Priority, Status
from referral.models.leg import Referral


class TimeLimit(models.Model):
    """How long a leg of one urgency may wait in one state while it is this institution's turn.

    Append-only, the highest version counts; `minutes` is empty where the house's own time counts again. For routine
    work at a desk 1,440 minutes are one working day.
    """

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    organisation = models.ForeignKey("consortium.Organisation", on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=20, choices=Status)
    priority = models.CharField(max_length=10, choices=Priority)
    version = models.PositiveIntegerField()
    minutes = models.PositiveIntegerField(null=True, blank=True)
    set_by = models.ForeignKey("consortium.Staff", on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "status", "priority", "version"], name="limit_one_per_version"
            ),
            models.CheckConstraint(condition=Q(status__in=Status.values), name="limit_status_known"),
            models.CheckConstraint(condition=Q(priority__in=Priority.values), name="limit_priority_known"),
            models.CheckConstraint(
                condition=Q(minutes__isnull=True) | Q(minutes__gte=1), name="limit_is_some_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.status} {self.priority} {self.minutes}"


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


class BackfillTask(models.Model):
    """A paper of an emergency that is written afterwards (补录): due at a time, late ones are passed up.

    `due_at` is empty while the rescue still runs; `call_at` is when the clock comes next.
    """

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="backfills")
    kind = models.CharField(max_length=10, choices=Backfill)
    since_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True)
    call_at = models.DateTimeField(null=True, blank=True)
    escalations = models.PositiveSmallIntegerField(default=0)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(
        "consortium.Staff", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["referral", "kind"], name="backfill_once_per_leg"),
            models.CheckConstraint(condition=Q(kind__in=Backfill.values), name="backfill_kind_known"),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True, done_by__isnull=True)
                | Q(done_at__isnull=False, done_by__isnull=False),
                name="backfill_done_by_and_at",
            ),
        ]
        indexes = [
            models.Index(fields=["call_at"], condition=Q(done_at__isnull=True), name="backfills_to_call")
        ]

    def __str__(self) -> str:
        return self.kind
