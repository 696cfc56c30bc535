"""Recordings and the numbers of triage."""

from django.db import models
from django.db.models import Q

from ecg.choices import Format, Queue
from kernel import ids


class Recording(models.Model):
    """One resting ECG as it came (心电图采集记录), packed for the viewer, measured by us.

    Without `request` it waits to be matched; nothing that cannot be matched is thrown away. `said_sealed` is
    what the file says about the person, sealed. `measured` and `device` hold numbers only.
    """

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    version = models.PositiveIntegerField(default=1)
    sha256 = models.CharField(max_length=64, unique=True)
    file = models.OneToOneField("kernel.StoredFile", on_delete=models.PROTECT, related_name="+")
    format = models.CharField(max_length=8, choices=Format)
    organisation = models.ForeignKey("consortium.Organisation", on_delete=models.PROTECT, related_name="+")
    centre = models.ForeignKey("consortium.Organisation", on_delete=models.PROTECT, related_name="+")
    request = models.ForeignKey(
        "diagnostics.ExamRequest",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="ecg_recordings",
    )
    patient = models.ForeignKey(
        "emr.Patient", on_delete=models.PROTECT, null=True, blank=True, related_name="ecg_recordings"
    )
    said_sealed = models.BinaryField()
    accession_number = models.CharField(max_length=32, blank=True, default="")
    device = models.JSONField(default=dict)
    recorded_at = models.DateTimeField(null=True, blank=True)
    received_at = models.DateTimeField()
    received_by = models.CharField(max_length=150)
    leads = models.JSONField()
    rate = models.PositiveSmallIntegerField()
    lsb = models.FloatField()
    seconds = models.FloatField()
    samples = models.BinaryField()
    measured = models.JSONField()
    alerts = models.JSONField(default=list)
    queue = models.PositiveSmallIntegerField(choices=Queue, default=Queue.NORMAL)
    rule_version = models.CharField(max_length=20)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(format__in=Format.values), name="recording_format_known"),
            models.CheckConstraint(condition=Q(queue__in=Queue.values), name="recording_queue_known"),
            models.CheckConstraint(
                condition=Q(request__isnull=True, patient__isnull=True)
                | Q(request__isnull=False, patient__isnull=False),
                name="recording_has_request_and_patient_or_neither",
            ),
            models.CheckConstraint(condition=Q(rate__range=(100, 2000)), name="recording_rate_in_range"),
        ]
        indexes = [
            models.Index(
                fields=["centre", "received_at"],
                condition=Q(request__isnull=True),
                name="recording_unmatched",
            ),
            models.Index(fields=["patient", "-received_at"], name="recording_of_patient"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class TriageRules(models.Model):
    """One version of the thresholds (预警规则). The newest one is used; alerts name the version they came from."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    version = models.CharField(max_length=20, unique=True)
    thresholds = models.JSONField()
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=150)

    class Meta:
        verbose_name_plural = "triage rules"

    def __str__(self) -> str:
        return self.version
