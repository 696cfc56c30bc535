"""Goals of the statistics' indicators, version by version."""

from django.db import models
from django.db.models import Q

from kernel import ids


class IndicatorGoal(models.Model):
    """From `since_date` on an indicator has this goal in per cent; None takes the goal away. Append-only: the newest
    row that has begun counts. `number` counts all changes of goals: two people at once get one number, one wins."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    number = models.PositiveIntegerField(unique=True)
    code = models.CharField(max_length=20)
    per_cent = models.DecimalField(max_digits=4, decimal_places=1, null=True, blank=True)
    since_date = models.DateField()
    reason = models.CharField(max_length=200)
    set_by = models.ForeignKey("consortium.Staff", on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(per_cent__isnull=True) | Q(per_cent__gte=0, per_cent__lte=100),
                name="goal_is_a_share",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="goal_with_a_reason"),
        ]
        indexes = [models.Index(fields=["code", "-since_date", "-number"], name="goals_of_indicator")]

    def __str__(self) -> str:
        return f"{self.code} {self.per_cent}"
