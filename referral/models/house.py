"""What is settled for an institution: whom it refers to, how long legs wait there, whose forms a colleague signs."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q

from kernel import ids
from referral.choices import Priority, RelationKind, SecondSignature, Status


class Relation(models.Model):
    """Two institutions refer to one another for a time (转诊关系): `source` up or across to `target`, and back.

    Kept by the consortium office. Before the first row is written every institution may refer to every other.
    """

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    source = models.ForeignKey("consortium.Organisation", on_delete=models.PROTECT, related_name="+")
    target = models.ForeignKey("consortium.Organisation", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=7, choices=RelationKind)
    period = DateRangeField()
    note = models.CharField(max_length=200, blank=True)
    made_by = models.CharField(max_length=150)
    made_at = models.DateTimeField()
    ended_by = models.CharField(max_length=150, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(source=F("target")), name="relation_leaves_its_source"),
            models.CheckConstraint(condition=Q(kind__in=RelationKind.values), name="relation_kind_known"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by="")
                | (Q(ended_at__isnull=False) & ~Q(ended_by="")),
                name="relation_ended_by_and_at",
            ),
            ExclusionConstraint(
                name="relation_once_at_a_time",
                expressions=[
                    ("source", RangeOperators.EQUAL),
                    ("target", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
            ),
        ]
        indexes = [models.Index(fields=["target"], name="relations_by_target")]

    def __str__(self) -> str:
        return f"{self.kind} {self.period}"


class TimeLimit(models.Model):
    """How long a leg of one urgency may wait in one state while it is this institution's turn.

    Append-only, the highest version counts; `minutes` is empty where the house's own time counts again. For routine
    work at a desk 1,440 minutes are one working day.
    """

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    organisation = models.ForeignKey("consortium.Organisation", on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=20, choices=Status)
    priority = models.CharField(max_length=10, choices=Priority)
    version = models.PositiveIntegerField()
    minutes = models.PositiveIntegerField(null=True, blank=True)
    set_by = models.ForeignKey("consortium.Staff", on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "status", "priority", "version"], name="limit_one_per_version"
            ),
            models.CheckConstraint(condition=Q(status__in=Status.values), name="limit_status_known"),
            models.CheckConstraint(condition=Q(priority__in=Priority.values), name="limit_priority_known"),
            models.CheckConstraint(
                condition=Q(minutes__isnull=True) | Q(minutes__gte=1), name="limit_is_some_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.status} {self.priority} {self.minutes}"


class SigningRule(models.Model):
    """Whose forms of an institution go before a colleague first (院内审核). Append-only, the highest version counts."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    organisation = models.ForeignKey("consortium.Organisation", on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField()
    wanted = models.CharField(max_length=6, choices=SecondSignature)
    set_by = models.ForeignKey("consortium.Staff", on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "version"], name="signing_rule_one_per_version"),
            models.CheckConstraint(condition=Q(wanted__in=SecondSignature.values), name="signing_rule_known"),
        ]

    def __str__(self) -> str:
        return self.wanted
