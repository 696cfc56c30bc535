"""What statistics count of one leg."""

from functools import reduce
from operator import add
from typing import Any

from django.db import models
from django.db.models import BigIntegerField, Case, Q, Value, When

from referral.choices import BIT, HOLDS, Direction, Status
from referral.models.leg import Referral


def _meets() -> Any:
    """A bit for each condition that holds."""
    held = (
        Case(When(holds, then=Value(BIT[name])), default=Value(0), output_field=BigIntegerField())
        for name, holds in HOLDS.items()
    )
    return reduce(add, held)


class Tally(models.Model):
    """The moments and marks of one leg that statistics count, taken from its history in the step's own transaction.

    One narrow row per leg, so that a page over 100,000 legs is one pass over one table. Nothing here is typed by
    anybody: `services.recount` makes every row again from the history, and a nightly check compares.

    `outside`: the leg goes to a hospital outside, `inbound`: it comes from one; `goes_on`: it takes a leg onward that
    is counted already (referred onward). `no_plan`: why nothing follows the stay. `branch` is the lower side of the
    leg, `ward` the department of the upper one; `block` is ICD-10 (I20-I25). `meets`: which conditions of the
    indicators hold (`choices.BIT`), kept by the database itself.
    """

    referral = models.OneToOneField(
        Referral, on_delete=models.PROTECT, primary_key=True, related_name="tally"
    )
    status = models.CharField(max_length=20, choices=Status)
    direction = models.CharField(max_length=7, choices=Direction)
    source = models.ForeignKey("consortium.Organisation", on_delete=models.PROTECT, related_name="+")
    target = models.ForeignKey("consortium.Organisation", on_delete=models.PROTECT, related_name="+")
    branch = models.ForeignKey("consortium.Organisation", on_delete=models.PROTECT, related_name="+")
    ward = models.ForeignKey(
        "consortium.Department", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    doctor = models.ForeignKey(
        "consortium.Staff", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    chapter = models.CharField(max_length=7, blank=True)
    block = models.CharField(max_length=7, blank=True)
    outside = models.BooleanField(default=False)
    inbound = models.BooleanField(default=False)
    goes_on = models.BooleanField(default=False)
    reject_code = models.CharField(max_length=3, blank=True)
    no_plan = models.CharField(max_length=15, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    taken_at = models.DateTimeField(null=True, blank=True)
    asked_at = models.DateTimeField(null=True, blank=True)
    refused_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    turned_away_at = models.DateTimeField(null=True, blank=True)
    advised_at = models.DateTimeField(null=True, blank=True)
    passed_on_at = models.DateTimeField(null=True, blank=True)
    kept_at = models.DateTimeField(null=True, blank=True)
    missed_at = models.DateTimeField(null=True, blank=True)
    arrived_at = models.DateTimeField(null=True, blank=True)
    replied_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    sent_down_at = models.DateTimeField(null=True, blank=True)
    onward_at = models.DateTimeField(null=True, blank=True)
    followed_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    meets = models.GeneratedField(expression=_meets(), output_field=BigIntegerField(), db_persist=True)

    class Meta:
        verbose_name_plural = "tallies"
        constraints = [
            models.CheckConstraint(condition=Q(status__in=Status.values), name="tally_status_known"),
            models.CheckConstraint(condition=Q(direction__in=Direction.values), name="tally_direction_known"),
        ]
        indexes = [
            models.Index(fields=["sent_at"], name="tally_by_submission"),
            models.Index(fields=["replied_at"], condition=Q(replied_at__isnull=False), name="tally_by_reply"),
            models.Index(
                fields=["ended_at"], condition=Q(followed_at__isnull=False), name="tally_by_end_of_plan"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.referral_id} {self.status}"
