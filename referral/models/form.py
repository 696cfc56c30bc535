"""The signed form and what goes along with it."""

from django.db import models
from django.db.models import Q

from kernel import ids
from referral.choices import AttachmentKind
from referral.models.leg import Referral


class FormVersion(models.Model):
    """The form as it was signed and sent; supplying more makes a new version, the old one stays."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="forms")
    version = models.PositiveIntegerField()
    content = models.JSONField()
    signature = models.JSONField()
    signed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["referral", "version"], name="form_one_per_version"),
        ]

    def __str__(self) -> str:
        return f"{self.referral_id} v{self.version}"


class Attachment(models.Model):
    """What goes along, by reference: a FHIR resource of the repository."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="attachments")
    kind = models.CharField(max_length=20, choices=AttachmentKind)
    resource_id = models.CharField(max_length=64)
    title = models.CharField(max_length=100)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["referral", "kind", "resource_id"], name="attachment_once_per_leg"
            ),
            models.CheckConstraint(condition=Q(kind__in=AttachmentKind.values), name="attachment_kind_known"),
        ]

    def __str__(self) -> str:
        return self.title
