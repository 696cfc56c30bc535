"""Use of beds under one exclusion constraint."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import Q

from emr.capacity.choices import Use
from kernel import ids


class BedUse(models.Model):
    """One use of one bed over one period (床位占用). Two uses of a bed never overlap: PostgreSQL sees to it.

    A hold ends by itself at the end of its period; `ended_at` says that somebody ended it.
    """

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    bed = models.ForeignKey("consortium.Bed", on_delete=models.PROTECT, related_name="uses")
    patient = models.ForeignKey(
        "emr.Patient", on_delete=models.PROTECT, null=True, blank=True, related_name="bed_uses"
    )
    use = models.CharField(max_length=10, choices=Use)
    period = DateTimeRangeField()
    source = models.CharField(max_length=120)
    reason = models.CharField(max_length=200, blank=True)
    created_by = models.CharField(max_length=150)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="bed_is_used_once_at_a_time",
                expressions=[("bed", RangeOperators.EQUAL), ("period", RangeOperators.OVERLAPS)],
            ),
            models.UniqueConstraint(
                fields=["source"], condition=Q(ended_at__isnull=True), name="bed_use_open_once"
            ),
            models.CheckConstraint(condition=Q(use__in=Use.values), name="bed_use_known"),
            models.CheckConstraint(
                condition=Q(use__in=[Use.CLEANING, Use.BLOCKED], patient__isnull=True)
                | Q(use__in=[Use.HELD, Use.OCCUPIED], patient__isnull=False),
                name="bed_is_held_and_occupied_by_a_patient",
            ),
            models.CheckConstraint(
                condition=~Q(use=Use.HELD) | Q(ended_at__isnull=False) | Q(period__endswith__isnull=False),
                name="bed_hold_has_an_end",
            ),
        ]
        indexes = [models.Index(fields=["patient"], name="bed_use_of_patient")]

    def __str__(self) -> str:
        return f"{self.use} {self.source}"
