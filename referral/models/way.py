"""On the way and not come: the hand-over sheet, and calls to those who did not come."""

from django.db import models
from django.db.models import Q

from kernel import ids
from referral.choices import CallOutcome
from referral.models.leg import Referral


class Handover(models.Model):
    """What goes with the patient (转运交接单): vehicle, escort, state at departure, what runs, what to watch."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    referral = models.OneToOneField(Referral, on_delete=models.PROTECT, related_name="handover")
    vehicle = models.CharField(max_length=60, blank=True)
    escort = models.CharField(max_length=100, blank=True)
    condition = models.CharField(max_length=300, blank=True)
    running = models.CharField(max_length=300, blank=True)
    watch = models.CharField(max_length=300, blank=True)
    written_at = models.DateTimeField()
    written_by = models.ForeignKey("consortium.Staff", on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return self.vehicle


class CallNote(models.Model):
    """A call to somebody who did not come, and what came of it."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="calls")
    outcome = models.CharField(max_length=12, choices=CallOutcome)
    words = models.CharField(max_length=200, blank=True)
    called_at = models.DateTimeField()
    called_by = models.ForeignKey("consortium.Staff", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(outcome__in=CallOutcome.values), name="call_outcome_known"),
        ]
        indexes = [models.Index(fields=["referral", "-called_at"], name="calls_of_leg")]

    def __str__(self) -> str:
        return self.outcome
