"""The desk asks a specialist about a leg, and what he says."""

from django.db import models
from django.db.models import Q

from referral.choices import Says
from referral.models.leg import Referral
from referral.models.question import Question, answered_whole, asked_once


class Opinion(Question):
    """A specialist is asked what he would do with a leg (专科意见), and his word. The desk decides, its clock runs on.

    `specialist` is empty where any specialist of the department may answer.
    """

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="opinions")
    specialist = models.ForeignKey(
        "consortium.Staff", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    question = models.CharField(max_length=200, blank=True)
    says = models.CharField(max_length=6, choices=Says, blank=True)
    words = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            answered_whole("says", Says.values, "opinion_by_and_at"),
            asked_once("says", "opinion_asked_once"),
        ]
        indexes = [
            models.Index(fields=["department", "asked_at"], condition=Q(says=""), name="opinions_open"),
            models.Index(fields=["referral", "id"], name="opinions_of_leg"),
        ]

    def __str__(self) -> str:
        return f"{self.department_id} {self.says}".strip()
