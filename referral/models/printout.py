"""Forms that left the house on paper."""

from django.db import models
from django.db.models import Q

from kernel import ids
from referral.choices import PrintKind
from referral.models.leg import Referral


class Printout(models.Model):
    """A printed form (打印记录): who, acting where, at which workplace, when; written once, never changed.

    `version` is the leg's at that moment; `whole`: with the whole ID number, telephone and address, as the form asks.
    """

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="printouts")
    kind = models.CharField(max_length=6, choices=PrintKind)
    version = models.PositiveIntegerField()
    whole = models.BooleanField()
    staff = models.ForeignKey("consortium.Staff", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("consortium.Organisation", on_delete=models.PROTECT, related_name="+")
    workplace = models.CharField(max_length=45, blank=True)
    printed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=PrintKind.values), name="printout_kind_known"),
        ]
        indexes = [models.Index(fields=["referral", "id"], name="printouts_of_leg")]

    def __str__(self) -> str:
        return f"{self.kind} v{self.version}"
