"""How the people around a leg are reached."""

from django.db import models

from kernel import ids
from referral.models.leg import Referral


class Reach(models.Model):
    """What the form adds to the record about reaching people while the patient is referred: her telephone and address
    of now, somebody of the family, the referring doctor's telephone. Sealed as one; a row only where something stands.
    """

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    referral = models.OneToOneField(Referral, on_delete=models.PROTECT, related_name="reach")
    sealed = models.BinaryField()

    def __str__(self) -> str:
        return f"reach {self.pk}"
