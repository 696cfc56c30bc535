"""What lies below every question about a leg: a desk asks a department, somebody there answers, once."""

from collections.abc import Iterable

from django.db import models
from django.db.models import Q

from kernel import ids


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
