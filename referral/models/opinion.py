"""The desk asks a specialist about a leg, and what he says."""

from django.db import models
from django.db.models import Q

from kernel import ids
from referral.choices import Says
from referral.models.leg import Referral


class Opinion(models.Model):
    """A specialist is asked what he would do with a leg (专科意见), and his word. The desk decides, its clock runs on.

    `specialist` is empty where any specialist of the department may answer.
    """

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="opinions")
    department = models.ForeignKey("consortium.Department", on_delete=models.PROTECT, related_name="+")
    specialist = models.ForeignKey(
        "consortium.Staff", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    question = models.CharField(max_length=200, blank=True)
    asked_by = models.ForeignKey("consortium.Staff", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    says = models.CharField(max_length=6, choices=Says, blank=True)
    words = models.CharField(max_length=500, blank=True)
    answered_by = models.ForeignKey(
        "consortium.Staff", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(says="", answered_by__isnull=True, answered_at__isnull=True)
                | Q(says__in=Says.values, answered_by__isnull=False, answered_at__isnull=False),
                name="opinion_by_and_at",
            ),
            models.UniqueConstraint(
                fields=["referral", "department"], condition=Q(says=""), name="opinion_asked_once"
            ),
        ]
        indexes = [
            models.Index(fields=["department", "asked_at"], condition=Q(says=""), name="opinions_open"),
            models.Index(fields=["referral", "id"], name="opinions_of_leg"),
        ]

    def __str__(self) -> str:
        return f"{self.department_id} {self.says}".strip()
