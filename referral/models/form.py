"""The form: while it is typed, as it was signed, what goes along, who is reached, what is written afterwards."""

from django.db import models
from django.db.models import Q

from kernel import ids
from referral.choices import AttachmentKind, Backfill
from referral.models.leg import Referral


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


class Reach(models.Model):
    """What the form adds to the record about reaching people while the patient is referred: her telephone and address
    of now, somebody of the family, the referring doctor's telephone. Sealed as one; a row only where something stands.
    """

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    referral = models.OneToOneField(Referral, on_delete=models.PROTECT, related_name="reach")
    sealed = models.BinaryField()

    def __str__(self) -> str:
        return f"reach {self.pk}"


class BackfillTask(models.Model):
    """A paper of an emergency that is written afterwards (补录): due at a time, late ones are passed up.

    `due_at` is empty while the rescue still runs; `call_at` is when the clock comes next.
    """

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="backfills")
    kind = models.CharField(max_length=10, choices=Backfill)
    since_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True)
    call_at = models.DateTimeField(null=True, blank=True)
    escalations = models.PositiveSmallIntegerField(default=0)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(
        "consortium.Staff", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["referral", "kind"], name="backfill_once_per_leg"),
            models.CheckConstraint(condition=Q(kind__in=Backfill.values), name="backfill_kind_known"),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True, done_by__isnull=True)
                | Q(done_at__isnull=False, done_by__isnull=False),
                name="backfill_done_by_and_at",
            ),
        ]
        indexes = [
            models.Index(fields=["call_at"], condition=Q(done_at__isnull=True), name="backfills_to_call")
        ]

    def __str__(self) -> str:
        return self.kind
