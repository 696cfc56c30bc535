"""What an institution has set for its own forms."""

from django.db import models
from django.db.models import Q

from kernel import ids
from referral.choices import SecondSignature


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
