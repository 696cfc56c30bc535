"""What happened to a leg, event by event."""

from django.db import models
from django.db.models import Q

from kernel import ids
from referral.choices import Behalf, Event, Status
from referral.models.leg import Referral


class HistoryEntry(models.Model):
    """One event of a leg; append-only, and replaying the entries gives the stored state.

    `staff` and `organisation` are empty for what the clock or the house itself did, `staff` alone for what an
    institution's own system told; `behalf` says for whom staff wrote it down; `due_at` is when the state was late
    from then on. `facts` is what else stood there after the event (priority, department, bed, arrival, place on the
    list), so that two entries tell what changed.
    """

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="entries")
    version = models.PositiveIntegerField()
    event = models.CharField(max_length=20, choices=Event)
    before = models.CharField(max_length=20, choices=Status)
    after = models.CharField(max_length=20, choices=Status)
    words = models.CharField(max_length=500, blank=True)
    behalf = models.CharField(max_length=10, choices=Behalf, blank=True)
    staff = models.ForeignKey(
        "consortium.Staff", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    organisation = models.ForeignKey(
        "consortium.Organisation", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    due_at = models.DateTimeField(null=True, blank=True)
    facts = models.JSONField(default=dict)
    happened_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["referral", "version"], name="history_one_entry_per_version"),
            models.CheckConstraint(condition=Q(event__in=Event.values), name="history_event_known"),
            models.CheckConstraint(
                condition=Q(staff__isnull=True) | Q(organisation__isnull=False),
                name="history_by_staff_of_a_place",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event} → {self.after}"
