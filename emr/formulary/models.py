"""The drug list of an institution."""

from django.db import models
from django.db.models import Q

from emr.formulary.choices import Supply
from kernel import ids


class StockedDrug(models.Model):
    """One drug an institution keeps (药品目录), or is out of. `key` is the name without what does not tell drugs
    apart; the changer is an account."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    version = models.PositiveIntegerField(default=1)
    organisation = models.ForeignKey(
        "consortium.Organisation", on_delete=models.PROTECT, related_name="drugs"
    )
    name = models.CharField(max_length=80)
    key = models.CharField(max_length=80)
    state = models.CharField(max_length=10, choices=Supply, default=Supply.STOCKED)
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=150)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "key"], name="drug_listed_once_per_institution"),
            models.CheckConstraint(condition=Q(state__in=["stocked", "out"]), name="drug_state_known"),
            models.CheckConstraint(condition=~Q(key=""), name="drug_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name
