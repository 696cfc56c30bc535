"""Studies, series and instances as they were received, and what was put aside."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from imaging.choices import Doubt, Fault, Status, Way
from kernel import ids, labels


class Study(models.Model):
    """One imaging study (检查影像) as its devices describe it; `patient` and `request` once it is assigned.

    `custodian_org` is the institution whose device sent it. Patient texts are the device's, not the record's.
    `pending_since` is set while objects arrived that matching and the ImagingStudy resource do not know yet.
    """

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    version = models.PositiveIntegerField(default=1)
    uid = models.CharField(max_length=64, unique=True)
    custodian = models.ForeignKey(
        "consortium.Organisation",
        on_delete=models.PROTECT,
        related_name="imaging_studies",
        db_column="custodian_org",
    )
    label = models.PositiveSmallIntegerField(default=labels.CARE)
    patient = models.ForeignKey(
        "emr.Patient", on_delete=models.PROTECT, null=True, blank=True, related_name="imaging_studies"
    )
    request = models.ForeignKey(
        "diagnostics.ExamRequest",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="imaging_studies",
    )
    status = models.CharField(max_length=12, choices=Status, default=Status.RECEIVED)
    doubt = models.CharField(max_length=20, choices=Doubt, blank=True, default="")
    accession_number = models.CharField(max_length=64, blank=True)
    said_sealed = models.BinaryField()
    patient_id_key = models.BinaryField(max_length=16, null=True, blank=True)
    name_tokens = ArrayField(models.BigIntegerField(), default=list)
    birth_date = models.CharField(max_length=8, blank=True)
    sex = models.CharField(max_length=16, blank=True)
    study_date = models.CharField(max_length=8, blank=True)
    study_time = models.CharField(max_length=16, blank=True)
    description = models.CharField(max_length=200, blank=True)
    modalities = ArrayField(models.CharField(max_length=16), default=list)
    series_count = models.PositiveIntegerField(default=0)
    instance_count = models.PositiveIntegerField(default=0)
    byte_count = models.BigIntegerField(default=0)
    received_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    pending_since = models.DateTimeField(null=True, blank=True)
    assigned_at = models.DateTimeField(null=True, blank=True)
    assigned_by = models.CharField(max_length=150, blank=True)
    assigned_reason = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        verbose_name_plural = "studies"
        constraints = [
            models.CheckConstraint(condition=Q(status__in=Status.values), name="study_status_known"),
            models.CheckConstraint(condition=Q(label__range=(1, 5)), name="study_label_of_five_levels"),
            models.CheckConstraint(
                condition=Q(
                    status=Status.MATCHED,
                    patient__isnull=False,
                    request__isnull=False,
                    assigned_at__isnull=False,
                )
                | (
                    ~Q(status=Status.MATCHED)
                    & Q(patient__isnull=True, request__isnull=True, assigned_at__isnull=True)
                ),
                name="study_matched_has_patient_and_request",
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.UNMATCHED) | ~Q(doubt=""), name="study_unmatched_says_why"
            ),
        ]
        indexes = [
            models.Index(fields=["patient", "-study_date", "-id"], name="study_of_patient"),
            models.Index(fields=["request", "id"], name="study_of_request"),
            models.Index(fields=["-study_date", "-study_time", "-id"], name="study_newest_first"),
            models.Index(fields=["accession_number"], name="study_by_accession"),
            models.Index(fields=["patient_id_key"], name="study_by_patient_id_key"),
            models.Index(
                fields=["custodian", "-received_at"],
                condition=Q(patient__isnull=True),
                name="study_unassigned",
            ),
            models.Index(
                fields=["pending_since"], condition=Q(pending_since__isnull=False), name="study_pending"
            ),
            GinIndex(fields=["name_tokens"], name="study_by_name_token"),
        ]

    def __str__(self) -> str:
        return self.uid


class Series(models.Model):
    """One series of a study."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="series")
    uid = models.CharField(max_length=64)
    modality = models.CharField(max_length=16, blank=True)
    number = models.IntegerField(null=True, blank=True)
    description = models.CharField(max_length=200, blank=True)
    body_part = models.CharField(max_length=64, blank=True)
    instance_count = models.PositiveIntegerField(default=0)
    received_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "series"
        constraints = [models.UniqueConstraint(fields=["study", "uid"], name="series_once_in_its_study")]

    def __str__(self) -> str:
        return self.uid


class Instance(models.Model):
    """One stored object: which bytes, where its frames lie in them, and its header as DICOM JSON.

    `frame_offsets` and `frame_lengths` are bytes of the stored file; `fragmented` spans still hold item headers.
    `digest` is SHA-256 of the data set without the file's own head, so that both doors know a repetition.
    """

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="instances")
    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="instances")
    uid = models.CharField(max_length=64, unique=True)
    sop_class = models.CharField(max_length=64)
    transfer_syntax = models.CharField(max_length=64)
    number = models.IntegerField(null=True, blank=True)
    rows = models.PositiveIntegerField(default=0)
    columns = models.PositiveIntegerField(default=0)
    frame_count = models.PositiveIntegerField(default=1)
    file = models.OneToOneField("kernel.StoredFile", on_delete=models.PROTECT, related_name="+")
    size = models.BigIntegerField()
    digest = models.BinaryField()
    dataset_offset = models.PositiveIntegerField()
    frame_offsets = ArrayField(models.BigIntegerField(), default=list)
    frame_lengths = ArrayField(models.BigIntegerField(), default=list)
    fragmented = models.BooleanField(default=False)
    metadata_sealed = models.BinaryField()
    way = models.CharField(max_length=8, choices=Way)
    source = models.CharField(max_length=150)
    received_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(way__in=Way.values), name="instance_way_known"),
            models.CheckConstraint(condition=Q(size__gt=0), name="instance_has_bytes"),
        ]
        indexes = [
            models.Index(fields=["series", "number", "uid"], name="instance_in_order"),
            models.Index(fields=["study", "id"], name="instance_of_study"),
        ]

    def __str__(self) -> str:
        return self.uid


class Quarantined(models.Model):
    """An object that could not be filed (隔离), kept until a technologist has dealt with it."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    version = models.PositiveIntegerField(default=1)
    custodian = models.ForeignKey(
        "consortium.Organisation", on_delete=models.PROTECT, related_name="+", db_column="custodian_org"
    )
    fault = models.CharField(max_length=20, choices=Fault)
    detail = models.CharField(max_length=300, blank=True)
    uid = models.CharField(max_length=64, blank=True)
    file = models.OneToOneField("kernel.StoredFile", on_delete=models.PROTECT, related_name="+")
    size = models.BigIntegerField()
    digest = models.BinaryField()
    way = models.CharField(max_length=8, choices=Way)
    source = models.CharField(max_length=150)
    received_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        "consortium.Staff", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    closed_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name_plural = "quarantined"
        constraints = [
            models.CheckConstraint(condition=Q(fault__in=Fault.values), name="quarantined_fault_known"),
            models.CheckConstraint(condition=Q(way__in=Way.values), name="quarantined_way_known"),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, closed_by__isnull=True, closed_reason="")
                | (Q(closed_at__isnull=False, closed_by__isnull=False) & ~Q(closed_reason="")),
                name="quarantined_closed_by_at_and_why",
            ),
            models.UniqueConstraint(
                fields=["custodian", "digest"],
                condition=Q(closed_at__isnull=True),
                name="quarantined_once_while_open",
            ),
        ]
        indexes = [
            models.Index(
                fields=["custodian", "-received_at"],
                condition=Q(closed_at__isnull=True),
                name="quarantined_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.fault} {self.uid}"
