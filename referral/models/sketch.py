"""A form while it is being typed."""

from django.db import models

from kernel import ids


class Sketch(models.Model):
    """What somebody is typing into a form, saved as she types (自动保存); sealed, hers alone, gone once it is sent.

    `referral` is empty for a form that has no leg yet. `window` names the browser window that writes: a second one
    only reads, until it takes over.
    """

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    staff = models.ForeignKey("consortium.Staff", on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey("emr.Patient", on_delete=models.PROTECT, related_name="+")
    referral = models.ForeignKey(
        "referral.Referral", on_delete=models.PROTECT, null=True, blank=True, related_name="sketches"
    )
    version = models.PositiveIntegerField(default=1)
    window = models.CharField(max_length=40)
    sealed = models.BinaryField()
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["staff", "patient", "referral"], nulls_distinct=False, name="sketch_one_per_form"
            ),
        ]

    def __str__(self) -> str:
        return f"sketch {self.pk}"
