"""The referral centre asks a ward for a bed, the ward answers with one tap."""

from django.db import models
from django.db.models import Q

from referral.choices import WardAnswer
from referral.models.leg import Referral
from referral.models.question import Question, answered_whole, asked_once


class WardQuestion(Question):
    """ "Is there a bed for this patient today?", put to the desk of one ward (问床), and its answer."""

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="questions")
    wanted_date = models.DateField()
    words = models.CharField(max_length=120, blank=True)
    answer = models.CharField(max_length=5, choices=WardAnswer, blank=True)
    answer_words = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [
            answered_whole("answer", WardAnswer.values, "ward_answer_by_and_at"),
            asked_once("answer", "ward_asked_once"),
        ]
        indexes = [
            models.Index(
                fields=["department", "asked_at"], condition=Q(answer=""), name="ward_questions_open"
            )
        ]

    def __str__(self) -> str:
        return f"{self.wanted_date} {self.answer}".strip()
