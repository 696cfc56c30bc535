"""The table of referral criteria, version by version."""

from django.db import models
from django.db.models import F, Q

from kernel import ids
from kernel.guarded import Guarded


class CriteriaTable(Guarded):
    """One version of the criteria (转诊指征); written once. The newest whose `valid_from` has come is in force."""

    guarded = ("name", "content", "valid_from", "proposed_by", "approved_by")

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    name = models.CharField(max_length=20, unique=True)
    content = models.JSONField()
    reason = models.CharField(max_length=300)
    valid_from = models.DateTimeField()
    made_at = models.DateTimeField()
    proposed_by = models.ForeignKey("consortium.Staff", on_delete=models.PROTECT, related_name="+")
    approved_by = models.ForeignKey("consortium.Staff", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(proposed_by=F("approved_by")), name="criteria_approved_by_a_second_person"
            ),
            models.CheckConstraint(condition=~Q(reason="") & ~Q(name=""), name="criteria_say_why"),
        ]

    def __str__(self) -> str:
        return self.name
