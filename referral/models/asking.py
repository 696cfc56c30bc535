"""The referral centre asks a ward for a bed, the ward answers with one tap."""

from django.db import models
from django.db.models import Q

from kernel import ids
from referral.choices import WardAnswer
from referral.models.leg import Referral


class WardQuestion(models.Model):
    """ "Is there a bed for this patient today?", put to the desk of one ward (问床), and its answer."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="questions")
    department = models.ForeignKey("consortium.Department", on_delete=models.PROTECT, related_name="+")
    wanted_date = models.DateField()
    words = models.CharField(max_length=120, blank=True)
    asked_by = models.ForeignKey("consortium.Staff", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    answer = models.CharField(max_length=5, choices=WardAnswer, blank=True)
    answer_words = models.CharField(max_length=120, blank=True)
    answered_by = models.ForeignKey(
        "consortium.Staff", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(answer="", answered_by__isnull=True, answered_at__isnull=True)
                | Q(answer__in=WardAnswer.values, answered_by__isnull=False, answered_at__isnull=False),
                name="ward_answer_by_and_at",
            ),
            models.UniqueConstraint(
                fields=["referral", "department"], condition=Q(answer=""), name="ward_asked_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["department", "asked_at"], condition=Q(answer=""), name="ward_questions_open"
            )
        ]

    def __str__(self) -> str:
        return f"{self.wanted_date} {self.answer}".strip()
