"""What is asked about a leg, of one department: a ward for a bed, a specialist for his opinion; answered once."""

from collections.abc import Iterable

from django.db import models
from django.db.models import Q

from kernel import ids
from referral.choices import Says, WardAnswer
from referral.models.leg import Referral


class Question(models.Model):
    """A question put to one department, by whom and when, and who answered it when. What is asked and what may be said
    differ: each kind is a table of its own, with its leg, its words and its answer."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    department = models.ForeignKey("consortium.Department", on_delete=models.PROTECT, related_name="+")
    asked_by = models.ForeignKey("consortium.Staff", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    answered_by = models.ForeignKey(
        "consortium.Staff", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True


def answered_whole(answer: str, values: Iterable[str], name: str) -> models.CheckConstraint:
    """An answer has somebody who gave it and a moment, an open question has none of the three."""
    nobody, somebody = ({"answered_by__isnull": one, "answered_at__isnull": one} for one in (True, False))
    return models.CheckConstraint(
        condition=Q(**{answer: ""}, **nobody) | Q(**{f"{answer}__in": values}, **somebody), name=name
    )


def asked_once(answer: str, name: str) -> models.UniqueConstraint:
    """A department owes one answer about a leg at a time."""
    return models.UniqueConstraint(fields=["referral", "department"], condition=Q(**{answer: ""}), name=name)


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
