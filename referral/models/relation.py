"""Which institution may refer to which."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q

from kernel import ids
from referral.choices import RelationKind


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
