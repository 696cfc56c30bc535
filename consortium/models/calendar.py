"""When people work: public holidays of the county, working hours of each institution."""

from django.db import models
from django.db.models import Q

from kernel import ids


class CalendarDay(models.Model):
    """A day that is otherwise than its weekday: a public holiday, or a day worked for one (调休)."""

    day_date = models.DateField(primary_key=True)
    works = models.BooleanField()
    name = models.CharField(max_length=20, blank=True)

    def __str__(self) -> str:
        return f"{self.day_date} {self.name}".strip()


class WorkingHours(models.Model):
    """An institution's week; append-only, the highest version counts. `week` holds seven lists of [from, to],
    Monday first, in minutes of the day. `set_by` is empty for what the house loaded."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    organisation = models.ForeignKey(
        "consortium.Organisation", on_delete=models.PROTECT, related_name="hours"
    )
    version = models.PositiveIntegerField()
    week = models.JSONField()
    set_by = models.ForeignKey(
        "consortium.Staff", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    set_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "version"], name="hours_one_per_version"),
            models.CheckConstraint(condition=Q(version__gte=1), name="hours_version_counts_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} v{self.version}"
